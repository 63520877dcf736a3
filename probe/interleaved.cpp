#include "probe/interleaved.h"

#include <cassert>
#include <cstring>

namespace foretoken::probe {
namespace {

constexpr std::size_t kChunk = 8;  // bytes of one row in turn
constexpr std::uint8_t kLessEight = 0x88;

/// Adds number `j` to 12 bytes that were zero before number 0.
void pack(std::uint8_t* s, std::size_t j, ScaleAndMin value) {
  const auto add = [&](std::size_t at, int bits) { s[at] = std::uint8_t(s[at] | bits); };
  if (j < 4) {
    add(j, value.scale);
    add(j + 4, value.min);
  } else {
    add(j + 4, (value.scale & 15) | (value.min & 15) << 4);
    add(j - 4, value.scale >> 4 << 6);
    add(j, value.min >> 4 << 6);
  }
}

template <typename Block>
Block loaded(const std::byte* from) {
  Block block;
  std::memcpy(&block, from, sizeof block);
  return block;
}

/// Where byte `i` of a row's nibbles stands among those of eight.
std::size_t place_of(std::size_t row, std::size_t i) {
  return (i / kChunk * kInterleavedRows + row) * kChunk + i % kChunk;
}

void put(const BlockQ4_0& from, std::size_t row, BlockQ4_0x8& to) {
  to.d[row] = from.d;
  for (std::size_t i = 0; i < from.q.size(); ++i) {
    to.q[place_of(row, i)] = from.q[i] ^ kLessEight;
  }
}

void put(const BlockQ4_K& from, std::size_t row, BlockQ4_Kx8& to) {
  to.d[row] = from.d;
  to.dmin[row] = from.dmin;
  for (std::size_t group = 0; group < 8; ++group) {
    pack(&to.scales[12 * group], row, scale_and_min(from.scales.data(), group));
  }
  for (std::size_t i = 0; i < from.q.size(); ++i) to.q[place_of(row, i)] = from.q[i];
}

BlockQ4_0 taken(const BlockQ4_0x8& from, std::size_t row) {
  BlockQ4_0 block{.d = from.d[row], .q = {}};
  for (std::size_t i = 0; i < block.q.size(); ++i) {
    block.q[i] = from.q[place_of(row, i)] ^ kLessEight;
  }
  return block;
}

BlockQ4_K taken(const BlockQ4_Kx8& from, std::size_t row) {
  BlockQ4_K block{.d = from.d[row], .dmin = from.dmin[row], .scales = {}, .q = {}};
  for (std::size_t group = 0; group < 8; ++group) {
    pack(block.scales.data(), group, scale_and_min(&from.scales[12 * group], row));
  }
  for (std::size_t i = 0; i < block.q.size(); ++i) block.q[i] = from.q[place_of(row, i)];
  return block;
}

template <typename Plain, typename Eight>
std::vector<std::byte> interleaved_blocks(const std::vector<std::byte>& plain,
                                          std::size_t blocks_of_row) {
  std::vector<std::byte> out(plain.size());
  const std::size_t eights = plain.size() / sizeof(Eight);
  for (std::size_t e = 0; e < eights; ++e) {
    const std::size_t first = e / blocks_of_row * kInterleavedRows;
    Eight eight{};
    for (std::size_t row = 0; row < kInterleavedRows; ++row) {
      const std::size_t at = (first + row) * blocks_of_row + e % blocks_of_row;
      put(loaded<Plain>(plain.data() + at * sizeof(Plain)), row, eight);
    }
    std::memcpy(out.data() + e * sizeof(Eight), &eight, sizeof(Eight));
  }
  return out;
}

template <typename Eight>
std::vector<std::byte> taken_row(const std::byte* weights, std::size_t row,
                                 std::size_t blocks_of_row) {
  using Plain = decltype(taken(Eight{}, 0));
  std::vector<std::byte> out(blocks_of_row * sizeof(Plain));
  const std::byte* const eights = weights + row / kInterleavedRows * blocks_of_row * sizeof(Eight);
  for (std::size_t b = 0; b < blocks_of_row; ++b) {
    const Plain block = taken(loaded<Eight>(eights + b * sizeof(Eight)), row % kInterleavedRows);
    std::memcpy(out.data() + b * sizeof(Plain), &block, sizeof(Plain));
  }
  return out;
}

}  // namespace

std::vector<std::byte> interleaved(WeightFormat format, const std::vector<std::byte>& plain,
                                   std::size_t k) {
  assert(plain.size() % (kInterleavedRows * row_bytes(format, k)) == 0);
  if (format == WeightFormat::Q4_0_8x8) {
    return interleaved_blocks<BlockQ4_0, BlockQ4_0x8>(plain, k / 32);
  }
  if (format == WeightFormat::Q4_K_8x8) {
    return interleaved_blocks<BlockQ4_K, BlockQ4_Kx8>(plain, k / 256);
  }
  return plain;
}

std::vector<std::byte> plain_row(WeightFormat format, const std::byte* weights, std::size_t row,
                                 std::size_t k) {
  if (format == WeightFormat::Q4_0_8x8) return taken_row<BlockQ4_0x8>(weights, row, k / 32);
  if (format == WeightFormat::Q4_K_8x8) return taken_row<BlockQ4_Kx8>(weights, row, k / 256);
  const std::byte* const begin = weights + row * row_bytes(format, k);
  return {begin, begin + row_bytes(format, k)};
}

}  // namespace foretoken::probe
