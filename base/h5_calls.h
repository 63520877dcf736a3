#pragma once

/// What the HDF5 writer and reader share: checked calls and identifiers that close themselves;
/// private to the HDF5 door.

#include <string>
#include <string_view>

#include <hdf5.h>

namespace foretoken::h5 {

/// Ends HDF5's habit of printing its error stack. Its state is global (by thread in thread-safe
/// builds), so each door says it anew.
void be_quiet();

/// Throws Error "<file>: <doing>: <HDF5's innermost reason>".
[[noreturn]] void fail(const std::string& file, std::string_view doing);

/// Returns `result` unless it says failure (negative): then throws as `fail`.
template <typename Result>
Result checked(Result result, const std::string& file, std::string_view doing) {
  if (result < 0) fail(file, doing);
  return result;
}

/// An HDF5 identifier of any kind, released with its scope.
class Id {
 public:
  explicit Id(hid_t id) : id_(id) {}
  ~Id() {
    if (id_ >= 0) H5Idec_ref(id_);
  }
  Id(const Id&) = delete;
  Id& operator=(const Id&) = delete;

  operator hid_t() const { return id_; }  // NOLINT(google-explicit-constructor): a C handle

 private:
  hid_t id_;
};

/// A name for a file that lives in memory alone: unlike that of any file on disk, and of any other
/// owner, since HDF5 takes equal names for the same file.
std::string memory_name(const void* owner);

/// Texts of `width` bytes, zero-padded UTF-8.
hid_t text_type(std::size_t width, const std::string& file);

}  // namespace foretoken::h5
