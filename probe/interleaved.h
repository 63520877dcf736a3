#pragma once

/// Rows of weights interleaved eight by eight, as llama.cpp lays Q4_0 and Q4_K out while it loads
/// them on processors with AVX2: lanes of a vector are rows, so that no sum over lanes is left at
/// the end of a row and a block of activations is loaded once for eight rows.
///
/// A block holds the scales of eight plain blocks, then their nibbles, 8 bytes of each row in turn.

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "probe/blocks.h"
#include "probe/weight_format.h"

namespace foretoken::probe {

inline constexpr std::size_t kInterleavedRows = 8;

/// Nibbles are stored less 8, in two's complement.
struct BlockQ4_0x8 {
  std::array<std::uint16_t, kInterleavedRows> d;
  std::array<std::uint8_t, 128> q;
};

/// Scales and mins of one group of 32 values of all rows stand together: 12 bytes that are packed
/// like those of a plain block, rows in place of groups.
struct BlockQ4_Kx8 {
  std::array<std::uint16_t, kInterleavedRows> d;
  std::array<std::uint16_t, kInterleavedRows> dmin;
  std::array<std::uint8_t, 96> scales;
  std::array<std::uint8_t, 1024> q;
};

static_assert(sizeof(BlockQ4_0x8) == kInterleavedRows * sizeof(BlockQ4_0));
static_assert(sizeof(BlockQ4_Kx8) == kInterleavedRows * sizeof(BlockQ4_K));

/// The format of the rows before they are interleaved; the format itself where none are.
constexpr WeightFormat plain_format(WeightFormat format) {
  if (format == WeightFormat::Q4_0_8x8) return WeightFormat::Q4_0;
  if (format == WeightFormat::Q4_K_8x8) return WeightFormat::Q4_K;
  return format;
}

/// Rows (a multiple of kInterleavedRows) of k values in the plain format as those of `format`.
std::vector<std::byte> interleaved(WeightFormat format, const std::vector<std::byte>& plain,
                                   std::size_t k);

/// Row `row` of a matrix in `format`, in the plain format.
std::vector<std::byte> plain_row(WeightFormat format, const std::byte* weights, std::size_t row,
                                 std::size_t k);

/// Whether kernels of this format, with interleaved rows, are faster than those of plain ones on
/// the instruction set that runs here.
bool interleaves_rows();

}  // namespace foretoken::probe
