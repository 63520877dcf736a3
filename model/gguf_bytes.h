#pragma once

/// The head of a GGUF file, read forward in small pieces. No length that the file states is trusted
/// before that many bytes are known to be there, and no more than `kLargestGgufHead` is walked.

#include <cstdint>
#include <istream>
#include <string>
#include <string_view>
#include <vector>

namespace foretoken::model {

/// Real heads, vocabularies and merges included, are below 32 MiB.
inline constexpr std::uint64_t kLargestGgufHead = std::uint64_t{64} << 20U;

class GgufBytes {
 public:
  /// `size` bytes of `in` from its beginning; `file` stands for them in messages.
  GgufBytes(std::istream& in, std::uint64_t size, std::string file);

  std::uint64_t position() const { return begin_ + at_; }
  std::uint64_t size() const { return size_; }
  std::uint64_t remaining() const { return size_ - position(); }
  const std::string& file() const { return file_; }

  /// The next little-endian number; `what` names it in messages.
  std::uint8_t u8(std::string_view what) { return static_cast<std::uint8_t>(little(1, what)); }
  std::uint16_t u16(std::string_view what) { return static_cast<std::uint16_t>(little(2, what)); }
  std::uint32_t u32(std::string_view what) { return static_cast<std::uint32_t>(little(4, what)); }
  std::uint64_t u64(std::string_view what) { return little(8, what); }
  /// `length` bytes, no more than a few thousand.
  std::string text(std::uint64_t length, std::string_view what);
  void skip(std::uint64_t length, std::string_view what);
  /// Throws unless `length` more bytes are there and belong to a head.
  void require(std::uint64_t length, std::string_view what) const;

  /// Throws Error "file: byte N: message".
  [[noreturn]] void fail(std::uint64_t at, std::string_view message) const;

 private:
  std::uint64_t little(unsigned bytes, std::string_view what);
  /// Moves the window so that `length` bytes from the position on are in it.
  void fill(std::size_t length);

  std::istream& in_;
  std::uint64_t size_;
  std::string file_;
  std::vector<char> window_;
  std::uint64_t begin_ = 0;  ///< of the window in the file
  std::size_t at_ = 0;       ///< in the window
};

}  // namespace foretoken::model
