#include "model/gguf_bytes.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"

namespace foretoken::model {
namespace {

constexpr std::size_t kWindow = std::size_t{64} << 10U;

}  // namespace

GgufBytes::GgufBytes(std::istream& in, std::uint64_t size, std::string file)
    : in_(in), size_(size), file_(std::move(file)) {}

void GgufBytes::fail(std::uint64_t at, std::string_view message) const {
  throw Error(fmt::format("{}: byte {}: {}", file_, at, message));
}

void GgufBytes::require(std::uint64_t length, std::string_view what) const {
  if (length > remaining()) {
    fail(position(), fmt::format("the file ends at byte {}, inside {}; expected {} bytes more",
                                 size_, what, length));
  }
  if (position() + length > kLargestGgufHead) {
    fail(position(), fmt::format("{} reaches beyond {} MiB; no model's head is so large", what,
                                 kLargestGgufHead >> 20U));
  }
}

void GgufBytes::fill(std::size_t length) {
  if (window_.size() - at_ >= length) return;
  begin_ += at_;
  at_ = 0;
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(kWindow, size_ - begin_));
  window_.resize(std::max(wanted, length));
  in_.clear();
  in_.seekg(static_cast<std::streamoff>(begin_));
  in_.read(window_.data(), static_cast<std::streamsize>(window_.size()));
  const auto got = static_cast<std::size_t>(std::max<std::streamsize>(in_.gcount(), 0));
  if (got < length) fail(begin_, "cannot be read: the file is shorter than it was, or a bad disk");
  window_.resize(got);
}

std::uint64_t GgufBytes::little(unsigned bytes, std::string_view what) {
  require(bytes, what);
  if (window_.size() - at_ < bytes) fill(bytes);
  std::uint64_t value = 0;
  for (unsigned i = 0; i < bytes; ++i) {
    value |= std::uint64_t{static_cast<unsigned char>(window_[at_ + i])} << (8U * i);
  }
  at_ += bytes;
  return value;
}

std::string GgufBytes::text(std::uint64_t length, std::string_view what) {
  require(length, what);
  const auto count = static_cast<std::size_t>(length);
  fill(count);
  std::string text(window_.data() + at_, count);
  at_ += count;
  return text;
}

void GgufBytes::skip(std::uint64_t length, std::string_view what) {
  require(length, what);
  if (length <= window_.size() - at_) {
    at_ += static_cast<std::size_t>(length);
    return;
  }
  begin_ = position() + length;
  at_ = 0;
  window_.clear();
}

}  // namespace foretoken::model
