#pragma once

/// The head of one GGUF file as it stands: metadata and tensor infos, checked for themselves but
/// not yet understood. Layout, all numbers little-endian: "GGUF", version, counts of tensors and of
/// keys, the keys with their values, the tensor infos, padding, and the tensors, which nobody reads
/// here.

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/number_format.h"
#include "model/gguf_bytes.h"

namespace foretoken::model {

/// In the order of their numbers in the file.
enum class GgufType : std::uint8_t {
  Uint8,
  Int8,
  Uint16,
  Int16,
  Uint32,
  Int32,
  Float32,
  Bool,
  String,
  Array,
  Uint64,
  Int64,
  Float64
};

struct GgufValue {
  GgufType type{};        ///< of an array: of its elements
  bool is_array = false;  ///< numbers and texts hold its elements, unless there are too many
  std::uint64_t at = 0;   ///< byte of the file where the key begins
  std::uint64_t count = 1;
  std::vector<std::int64_t> numbers;  ///< whole numbers and booleans, capped to 63 bits
  std::string text;                   ///< a single text of moderate length
};

struct GgufTensor {
  std::string name;
  std::array<std::int64_t, 4> dims{1, 1, 1, 1};  ///< the first is the contiguous one
  FormatId format{};
  std::uint64_t bytes = 0;
  std::uint64_t offset = 0;  ///< from the start of the data part
  std::uint64_t at = 0;      ///< byte of the file where the info begins
  std::string file;

  std::int64_t row_length() const { return dims[0]; }
  double values() const;
  /// "4096 x 14336".
  std::string shape() const;
};

/// Of all parts of a model together; the largest real ones have some thousands.
inline constexpr std::uint64_t kMostGgufTensors = 1 << 17;

struct GgufHeader {
  std::string file;
  std::uint32_t version = 0;
  std::map<std::string, GgufValue, std::less<>> values;
  std::vector<GgufTensor> tensors;

  /// A whole number of the head; nullptr-like: false when there is none of that key.
  bool find_number(std::string_view key, std::int64_t& number) const;
};

/// Throws Error with file, byte and what was expected: not GGUF, version 1, big-endian, cut short,
/// a count or length that cannot be, a key or tensor twice, an unknown type, tensors that overlap
/// or lie outside of the file.
GgufHeader read_gguf_header(GgufBytes& bytes, const FormatTable& formats);
GgufHeader read_gguf_header(const std::string& path, const FormatTable& formats);

}  // namespace foretoken::model
