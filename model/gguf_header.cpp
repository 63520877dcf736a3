#include "model/gguf_header.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/utf8.h"
#include "model/gguf_tensor_info.h"

namespace foretoken::model {
namespace {

constexpr std::uint32_t kMagic = 0x46554747;  // "GGUF"
constexpr std::uint64_t kMostKeys = 4096;
constexpr std::uint64_t kLongestKey = 256;
constexpr std::uint64_t kLongestText = 1024;
constexpr std::uint64_t kMostNumbers = 1024;  // one for each layer
constexpr int kDeepestArray = 4;
constexpr std::uint32_t kTypes = static_cast<std::uint32_t>(GgufType::Float64) + 1;

constexpr std::uint32_t byte_swapped(std::uint32_t v) {
  return v << 24U | (v & 0xff00U) << 8U | (v >> 8U & 0xff00U) | v >> 24U;
}

/// Bytes of one value in the file; of a text or an array, the fewest it can have.
constexpr std::uint64_t size_of(GgufType type) {
  switch (type) {
    case GgufType::Uint8:
    case GgufType::Int8:
    case GgufType::Bool:
      return 1;
    case GgufType::Uint16:
    case GgufType::Int16:
      return 2;
    case GgufType::Uint32:
    case GgufType::Int32:
    case GgufType::Float32:
      return 4;
    case GgufType::Uint64:
    case GgufType::Int64:
    case GgufType::Float64:
    case GgufType::String:
      return 8;
    case GgufType::Array:
      return 12;
  }
  return 1;
}

class HeaderReader {
 public:
  HeaderReader(GgufBytes& bytes, const FormatTable& formats) : bytes_(bytes), formats_(formats) {}

  GgufHeader read() {
    header_.file = bytes_.file();
    read_version();
    const std::uint64_t tensors = bytes_.u64("the count of tensors");
    const std::uint64_t keys = read_key_count();
    for (std::uint64_t i = 0; i < keys; ++i) read_key();
    TensorInfos infos(bytes_, formats_);
    header_.tensors = infos.read(tensors);
    infos.check_places(header_.tensors, read_alignment());
    return std::move(header_);
  }

 private:
  void read_version() {
    if (bytes_.u32("the magic 'GGUF'") != kMagic) {
      bytes_.fail(0, "not a GGUF file: it does not begin with 'GGUF'");
    }
    const std::uint32_t version = bytes_.u32("the version");
    header_.version = version;
    if (version == 2 || version == 3) return;
    if (byte_swapped(version) <= 0xffff) {
      bytes_.fail(4, fmt::format("a big-endian GGUF file (its version reads {:#x}); only "
                                 "little-endian ones are read",
                                 version));
    }
    if (version == 1) {
      bytes_.fail(4, "GGUF version 1, with 32-bit counts, is not read; convert it to version 3");
    }
    bytes_.fail(4, fmt::format("GGUF version {}; versions 2 and 3 are read", version));
  }

  std::uint64_t read_key_count() {
    const std::uint64_t at = bytes_.position();
    const std::uint64_t count = bytes_.u64("the count of keys");
    constexpr std::uint64_t kShortestKey = 8 + 4 + 1;
    if (count > kMostKeys || count > bytes_.remaining() / kShortestKey) {
      bytes_.fail(at, fmt::format("{} keys cannot be: at most {} are read, and {} bytes are left",
                                  count, kMostKeys, bytes_.remaining()));
    }
    return count;
  }

  void read_key() {
    const std::uint64_t at = bytes_.position();
    const std::uint64_t length = bytes_.u64("the length of a key");
    if (length == 0 || length > kLongestKey) {
      bytes_.fail(at, fmt::format("a key of {} bytes; expected 1 to {}", length, kLongestKey));
    }
    std::string key = bytes_.text(length, "a key");
    if (!is_printable_utf8(key)) {
      bytes_.fail(at, fmt::format("key '{}' is not printable UTF-8", printable(key)));
    }
    GgufValue value;
    value.at = at;
    value.type = read_type(key);
    if (value.type == GgufType::Array) {
      read_array(key, value);
    } else {
      read_value(key, value);
    }
    const auto [before, is_new] = header_.values.emplace(std::move(key), std::move(value));
    if (!is_new) {
      bytes_.fail(at, fmt::format("key '{}' appears twice, first at byte {}", before->first,
                                  before->second.at));
    }
  }

  GgufType read_type(std::string_view key) {
    const std::uint64_t at = bytes_.position();
    const std::uint32_t type = bytes_.u32("a value type");
    if (type >= kTypes) {
      bytes_.fail(at, fmt::format("value type {} of key '{}' is not known; expected 0 to {}", type,
                                  key, kTypes - 1));
    }
    return static_cast<GgufType>(type);
  }

  void read_value(std::string_view key, GgufValue& value) {
    if (value.type != GgufType::String) {
      read_number(value.type, value.numbers);
      return;
    }
    const std::uint64_t length = bytes_.u64("the length of a text");
    if (length > kLongestText) {
      bytes_.skip(length, fmt::format("the text of key '{}'", key));
    } else {
      value.text = bytes_.text(length, fmt::format("the text of key '{}'", key));
    }
  }

  void read_array(std::string_view key, GgufValue& value) {
    value.is_array = true;
    value.type = read_type(key);
    value.count = read_array_count(key, value.type);
    const bool kept = value.count <= kMostNumbers && value.type != GgufType::String &&
                      value.type != GgufType::Array;
    if (!kept) {
      skip_elements(key, value.type, value.count, 1);
      return;
    }
    for (std::uint64_t i = 0; i < value.count; ++i) read_number(value.type, value.numbers);
  }

  std::uint64_t read_array_count(std::string_view key, GgufType type) {
    const std::uint64_t at = bytes_.position();
    const std::uint64_t count = bytes_.u64("the count of an array");
    if (count > bytes_.remaining() / size_of(type)) {
      bytes_.fail(at, fmt::format("key '{}' states {} array elements, but {} bytes are left", key,
                                  count, bytes_.remaining()));
    }
    return count;
  }

  void skip_elements(std::string_view key, GgufType type, std::uint64_t count, int depth) {
    if (type != GgufType::String && type != GgufType::Array) {
      bytes_.skip(count * size_of(type), "an array");
      return;
    }
    if (type == GgufType::Array && depth >= kDeepestArray) {
      bytes_.fail(bytes_.position(),
                  fmt::format("key '{}' nests arrays more than {} deep", key, kDeepestArray));
    }
    for (std::uint64_t i = 0; i < count; ++i) {
      if (type == GgufType::String) {
        bytes_.skip(bytes_.u64("the length of a text"), "a text in an array");
      } else {
        const GgufType inner = read_type(key);
        skip_elements(key, inner, read_array_count(key, inner), depth + 1);
      }
    }
  }

  /// Appends whole numbers and booleans; floating-point values are passed over.
  void read_number(GgufType type, std::vector<std::int64_t>& numbers) {
    constexpr const char* kWhat = "a value";
    switch (type) {
      case GgufType::Uint8:
        return numbers.push_back(bytes_.u8(kWhat));
      case GgufType::Bool:
        return numbers.push_back(bytes_.u8(kWhat) != 0 ? 1 : 0);
      case GgufType::Int8:
        return numbers.push_back(static_cast<std::int8_t>(bytes_.u8(kWhat)));
      case GgufType::Uint16:
        return numbers.push_back(bytes_.u16(kWhat));
      case GgufType::Int16:
        return numbers.push_back(static_cast<std::int16_t>(bytes_.u16(kWhat)));
      case GgufType::Uint32:
        return numbers.push_back(bytes_.u32(kWhat));
      case GgufType::Int32:
        return numbers.push_back(static_cast<std::int32_t>(bytes_.u32(kWhat)));
      case GgufType::Uint64: {
        constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
        return numbers.push_back(static_cast<std::int64_t>(std::min(bytes_.u64(kWhat), kMost)));
      }
      case GgufType::Int64:
        return numbers.push_back(static_cast<std::int64_t>(bytes_.u64(kWhat)));
      case GgufType::Float32:
      case GgufType::Float64:
        return bytes_.skip(size_of(type), kWhat);
      case GgufType::String:
      case GgufType::Array:
        return;
    }
  }

  std::uint64_t read_alignment() {
    constexpr std::int64_t kUsual = 32;
    constexpr std::int64_t kMost = 1 << 20;
    const auto found = header_.values.find("general.alignment");
    if (found == header_.values.end()) return kUsual;
    const GgufValue& value = found->second;
    const bool whole = !value.is_array && value.numbers.size() == 1;
    const std::int64_t alignment = whole ? value.numbers.front() : 0;
    if (!whole || alignment <= 0 || alignment > kMost || alignment % 8 != 0) {
      bytes_.fail(value.at, fmt::format("'general.alignment' must be a multiple of 8 up to {}{}",
                                        kMost, whole ? fmt::format("; found {}", alignment) : ""));
    }
    return static_cast<std::uint64_t>(alignment);
  }

  GgufBytes& bytes_;
  const FormatTable& formats_;
  GgufHeader header_;
};

}  // namespace

bool GgufHeader::find_number(std::string_view key, std::int64_t& number) const {
  const auto found = values.find(key);
  if (found == values.end()) return false;
  if (found->second.is_array || found->second.numbers.size() != 1) {
    throw Error(
        fmt::format("{}: byte {}: '{}' must be a whole number", file, found->second.at, key));
  }
  number = found->second.numbers.front();
  return true;
}

GgufHeader read_gguf_header(GgufBytes& bytes, const FormatTable& formats) {
  return HeaderReader(bytes, formats).read();
}

GgufHeader read_gguf_header(const std::string& path, const FormatTable& formats) {
  std::error_code failed;
  const auto status = std::filesystem::status(path, failed);
  if (!std::filesystem::exists(status)) throw Error(fmt::format("no such file '{}'", path));
  if (!std::filesystem::is_regular_file(status)) {
    throw Error(fmt::format("'{}' is not a file", path));
  }
  const std::uintmax_t size = std::filesystem::file_size(path, failed);
  std::ifstream in;
  in.rdbuf()->pubsetbuf(nullptr, 0);  // GgufBytes has its own window
  in.open(path, std::ios::binary);
  if (failed || !in) throw Error(fmt::format("cannot read '{}'", path));
  GgufBytes bytes(in, size, path);
  return read_gguf_header(bytes, formats);
}

}  // namespace foretoken::model
