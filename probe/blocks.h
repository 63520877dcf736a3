#pragma once

/// The blocks of GGUF files that the probe multiplies, byte for byte, and what activations become
/// for integer dot products. Halves are held as their 16 bits.

#include <array>
#include <cstddef>
#include <cstdint>

namespace foretoken::probe {

/// 32 values d * (q - 8): the low nibbles are the first 16, the high ones the last 16.
struct BlockQ4_0 {
  std::uint16_t d;
  std::array<std::uint8_t, 16> q;
};

/// 32 values d * q.
struct BlockQ8_0 {
  std::uint16_t d;
  std::array<std::int8_t, 32> q;
};

/// 256 values in 8 groups of 32: d * scale * q - dmin * min. The 6-bit scales and mins stand in
/// `scales`: byte j below 4 has scale j, byte j + 4 min j, in their low 6 bits; bytes 8 to 11 have
/// the low nibbles of scales 4 to 7 and, above, of mins 4 to 7, whose upper two bits are the upper
/// two of bytes 0 to 3 and 4 to 7. `q` has, for each 64 values, 32 low nibbles, then the high ones.
struct BlockQ4_K {
  std::uint16_t d;
  std::uint16_t dmin;
  std::array<std::uint8_t, 12> scales;
  std::array<std::uint8_t, 128> q;
};

struct ScaleAndMin {
  int scale;
  int min;
};

/// Those of group 0 to 7 in the 12 bytes of a BlockQ4_K.
inline ScaleAndMin scale_and_min(const std::uint8_t* packed, std::size_t group) {
  if (group < 4) return {packed[group] & 63, packed[group + 4] & 63};
  return {(packed[group + 4] & 15) | packed[group - 4] >> 6 << 4,
          packed[group + 4] >> 4 | packed[group] >> 6 << 4};
}

/// 256 values d * scale * (q - 32), a scale for 16 values. Of each 128 values, four groups of 32
/// have their low 4 bits in the low nibbles of 64 bytes `low`, then in the high ones, and their
/// upper 2 bits in 32 bytes `high`, from the lowest two bits up.
struct BlockQ6_K {
  std::array<std::uint8_t, 128> low;
  std::array<std::uint8_t, 64> high;
  std::array<std::int8_t, 16> scales;
  std::uint16_t d;
};

/// Activations for K-quants: 256 values d * q, and the sums of each 16 of q.
struct BlockQ8_K {
  float d;
  std::array<std::int8_t, 256> q;
  std::array<std::int16_t, 16> sums;
};

static_assert(sizeof(BlockQ4_0) == 18 && sizeof(BlockQ8_0) == 34);
static_assert(sizeof(BlockQ4_K) == 144 && sizeof(BlockQ6_K) == 210 && sizeof(BlockQ8_K) == 292);

}  // namespace foretoken::probe
