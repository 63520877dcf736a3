#include "probe/gguf_blocks.h"

#include <array>
#include <cmath>

#include <gtest/gtest.h>

namespace foretoken::probe::gpu {
namespace {

TEST(Weights, Floats) {
  const std::array<std::uint8_t, 4> f32{0, 0, 0x20, 0xc0};
  EXPECT_EQ(weight_value(Weights::F32, f32.data(), 0), -2.5);
  const std::array<std::uint8_t, 4> bf16{0, 0, 0x80, 0x3f};
  EXPECT_EQ(weight_value(Weights::BF16, bf16.data(), 1), 1.0);
}

/// Scale 0.5 in the first two bytes.
template <std::size_t Size>
std::array<std::uint8_t, Size> block_of_half() {
  std::array<std::uint8_t, Size> block{};
  block[1] = 0x38;
  return block;
}

TEST(Weights, Q8Block) {
  auto block = block_of_half<34>();
  block[2] = 3;
  block[33] = 0x80;
  EXPECT_EQ(weight_value(Weights::Q80, block.data(), 0), 1.5);
  EXPECT_EQ(weight_value(Weights::Q80, block.data(), 31), -64.0);
}

TEST(Weights, Q4BlockHoldsItsUpperHalfInTheUpperHalves) {
  auto block = block_of_half<18>();
  block[2] = 0xf1;
  EXPECT_EQ(weight_value(Weights::Q40, block.data(), 0), 0.5 * (1 - 8));
  EXPECT_EQ(weight_value(Weights::Q40, block.data(), 16), 0.5 * (15 - 8));
  EXPECT_EQ(weight_value(Weights::Q40, block.data(), 1), 0.5 * -8);
}

TEST(Weights, Q4KPacksScalesInSixBits) {
  // Sub-block 1: scale 33, minimum 5. Sub-block 6: scale 0b110101, minimum 0b101110.
  std::array<std::uint8_t, 12> packed{};
  packed[1] = 33;
  packed[5] = 5;
  packed[10] = 0x5 | 0xe << 4;  // low bits of both
  packed[2] = 0b11 << 6;        // high bits of the scale
  packed[6] = 0b10 << 6;        // and of the minimum
  EXPECT_EQ(q4_k_scale(packed.data(), 1, false), 33);
  EXPECT_EQ(q4_k_scale(packed.data(), 1, true), 5);
  EXPECT_EQ(q4_k_scale(packed.data(), 6, false), 0b110101);
  EXPECT_EQ(q4_k_scale(packed.data(), 6, true), 0b101110);
  EXPECT_EQ(q4_k_scale(packed.data(), 2, false), 0);
}

TEST(Weights, Q4KValues) {
  auto block = block_of_half<144>();
  block[3] = 0x3c;   // minima count once
  block[4 + 1] = 2;  // scale of sub-block 1
  block[4 + 5] = 3;  // its minimum
  block[16] = 0x90;  // first byte: 0 of sub-block 0, 9 of sub-block 1
  EXPECT_EQ(weight_value(Weights::Q4K, block.data(), 32), 0.5 * 2 * 9 - 3);
  EXPECT_EQ(weight_value(Weights::Q4K, block.data(), 33), -3);
  EXPECT_EQ(weight_value(Weights::Q4K, block.data(), 0), 0);
}

TEST(Weights, Q6KValues) {
  std::array<std::uint8_t, 210> block{};
  block[209] = 0x38;            // scale 0.5
  block[192 + 8 + 6] = 0xfe;    // -2, of values 224 to 239
  block[64 + 32] = 0x70;        // low bits of value 224 are those of byte 96's upper half
  block[128 + 32] = 0b10 << 6;  // high bits of value 224
  EXPECT_EQ(weight_value(Weights::Q6K, block.data(), 224), 0.5 * -2 * (7 + 32 - 32));
  block[192] = 1;
  EXPECT_EQ(weight_value(Weights::Q6K, block.data(), 0), 0.5 * -32);
}

TEST(Weights, MatrixBytesCountScalesBehindIt) {
  EXPECT_EQ(matrix_bytes(layout_of(Weights::Q4K), 3, 512), 3 * 288);
  EXPECT_EQ(matrix_bytes(layout_of(Weights::Int8), 3, 512), 3 * 514);
}

}  // namespace
}  // namespace foretoken::probe::gpu
