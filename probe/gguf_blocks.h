#pragma once

/// How GPU backends lay out weights: blocks as in GGUF files, and plain int8 rows. Decoding here is
/// the double-precision reference that every kernel is checked against; nothing here is fast.
///
/// C++17 without libraries: also compiled by nvcc.

#include <cstdint>
#include <cstring>

#include "probe/number_bits.h"

namespace foretoken::probe::gpu {

enum class Weights : std::uint8_t { F32, F16, BF16, Q80, Q40, Q4K, Q6K, Int8 };
constexpr int kWeightKinds = 8;

/// Random bits become a matrix where the halfwords at `scale_at` (offsets in a block, -1: none) are
/// cut to `keep` and filled up with `set`, so that scales and floats are ordinary numbers.
struct FillRule {
  int block_bytes;
  int scale_at[2];
  std::uint16_t keep;
  std::uint16_t set;
};

struct WeightLayout {
  const char* format;  ///< of the format catalogue
  const char* symbol;  ///< in kernel names
  double bound;        ///< of a right kernel's error, relative to the outputs' root mean square
  int values;          ///< of a block
  int bytes;           ///< of a block
  int row_bytes;       ///< more a row, stored behind the matrix: a half scale each row
  FillRule fill;
  bool int8;  ///< multiplied with int8 activations
};

/// Scales are 2^-7 to 2^-6, floats +-0.5 to +-1. The bounds leave room for float sums; Q4_0's also
/// for the half sum of a block of activations, which stands in for the offset of its weights.
inline const WeightLayout& layout_of(Weights weights) {
  static const WeightLayout layouts[kWeightKinds] = {
      // in the order of Weights
      {"F32", "f32", 1e-4, 1, 4, 0, {4, {2, -1}, 0x807f, 0x3f00}, false},
      {"F16", "f16", 1e-4, 1, 2, 0, {2, {0, -1}, 0x83ff, 0x3800}, false},
      {"BF16", "bf16", 1e-4, 1, 2, 0, {2, {0, -1}, 0x807f, 0x3f00}, false},
      {"Q8_0", "q8_0", 1e-3, 32, 34, 0, {34, {0, -1}, 0x03ff, 0x2000}, true},
      {"Q4_0", "q4_0", 5e-3, 32, 18, 0, {18, {0, -1}, 0x03ff, 0x2000}, true},
      {"Q4_K", "q4_k", 1e-3, 256, 144, 0, {144, {0, 2}, 0x03ff, 0x2000}, true},
      {"Q6_K", "q6_k", 1e-3, 256, 210, 0, {210, {208, -1}, 0x03ff, 0x2000}, true},
      {"int8_channel", "int8", 1e-3, 1, 1, 2, {2, {-1, -1}, 0xffff, 0}, true},
  };
  return layouts[static_cast<int>(weights)];
}

/// What fills the half scales behind an int8 matrix.
constexpr FillRule kRowScaleFill{2, {0, -1}, 0x03ff, 0x2000};

/// Bytes of one row without what stands behind the matrix. `k` is whole blocks.
inline std::int64_t row_stride(const WeightLayout& layout, std::int64_t k) {
  return k / layout.values * layout.bytes;
}

inline std::int64_t matrix_bytes(const WeightLayout& layout, std::int64_t n, std::int64_t k) {
  return n * (row_stride(layout, k) + layout.row_bytes);
}

inline std::uint16_t halfword_at(const std::uint8_t* at) {
  std::uint16_t value = 0;
  std::memcpy(&value, at, sizeof value);
  return value;
}

/// The six bits of scale (`minimum` false) or minimum of sub-block `j` of 32 values in Q4_K: four
/// of each lie in the low bits of bytes 0 to 7; the other four have their low bits in bytes 8 to 11
/// and their high bits atop bytes 0 to 7.
inline int q4_k_scale(const std::uint8_t* packed, int j, bool minimum) {
  const int first = minimum ? 4 : 0;
  if (j < 4) return packed[first + j] & 63;
  const int low = minimum ? packed[j + 4] >> 4 : packed[j + 4] & 15;
  return low | (packed[first + j - 4] >> 6) << 4;
}

/// One weight of a row that begins at `row`.
inline double weight_value(Weights weights, const std::uint8_t* row, std::int64_t index) {
  const WeightLayout& layout = layout_of(weights);
  const std::uint8_t* block = row + index / layout.values * layout.bytes;
  const int i = static_cast<int>(index % layout.values);
  switch (weights) {
    case Weights::F32: {
      float value = 0;
      std::memcpy(&value, block, sizeof value);
      return static_cast<double>(value);
    }
    case Weights::F16:
      return static_cast<double>(half_value(halfword_at(block)));
    case Weights::BF16:
      return static_cast<double>(bfloat_value(halfword_at(block)));
    case Weights::Q80:
      return static_cast<double>(half_value(halfword_at(block))) *
             static_cast<std::int8_t>(block[2 + i]);
    case Weights::Q40: {
      const int byte = block[2 + i % 16];  // values 0 to 15 in the low halves, 16 to 31 in the high
      return static_cast<double>(half_value(halfword_at(block))) *
             ((i < 16 ? byte & 15 : byte >> 4) - 8);
    }
    case Weights::Q4K: {
      const int sub = i / 32;
      const int byte = block[16 + sub / 2 * 32 + i % 32];
      const int quant = sub % 2 == 0 ? byte & 15 : byte >> 4;
      return static_cast<double>(half_value(halfword_at(block))) *
                 q4_k_scale(block + 4, sub, false) * quant -
             static_cast<double>(half_value(halfword_at(block + 2))) *
                 q4_k_scale(block + 4, sub, true);
    }
    case Weights::Q6K: {
      const int half = i / 128;  // 128 values share 64 low bytes and 32 high bytes
      const int quarter = i % 128 / 32;
      const int low_byte = block[half * 64 + quarter % 2 * 32 + i % 32];
      const int low = quarter < 2 ? low_byte & 15 : low_byte >> 4;
      const int high = block[128 + half * 32 + i % 32] >> (2 * quarter) & 3;
      const auto scale = static_cast<std::int8_t>(block[192 + i / 16]);
      return static_cast<double>(half_value(halfword_at(block + 208))) * scale *
             ((low | high << 4) - 32);
    }
    case Weights::Int8:
      return static_cast<double>(static_cast<std::int8_t>(block[i]));
  }
  return 0;
}

}  // namespace foretoken::probe::gpu
