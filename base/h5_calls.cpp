#include "base/h5_calls.h"

#include <fmt/format.h>

#include "base/error.h"

namespace foretoken::h5 {
namespace {

extern "C" herr_t keep_first_reason(unsigned depth, const H5E_error2_t* entry, void* reason) {
  auto* const text = static_cast<std::string*>(reason);
  if (depth == 0 && entry != nullptr && entry->desc != nullptr) *text = entry->desc;
  return 0;
}

}  // namespace

void be_quiet() { H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); }

void fail(const std::string& file, std::string_view doing) {
  std::string reason;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_first_reason, &reason);
  H5Eclear2(H5E_DEFAULT);
  throw Error(fmt::format("{}: {}: {}", file, doing, reason.empty() ? "HDF5 failed" : reason));
}

std::string memory_name(const void* owner) {
  return fmt::format("/dev/null/{}", fmt::ptr(owner));  // nothing can lie below a device
}

hid_t text_type(std::size_t width, const std::string& file) {
  const hid_t type = checked(H5Tcopy(H5T_C_S1), file, "making a text type");
  checked(H5Tset_size(type, width), file, "making a text type");
  checked(H5Tset_strpad(type, H5T_STR_NULLPAD), file, "making a text type");
  checked(H5Tset_cset(type, H5T_CSET_UTF8), file, "making a text type");
  return type;
}

}  // namespace foretoken::h5
