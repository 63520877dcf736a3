#include "probe/number_bits.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace foretoken::probe {
namespace {

TEST(HalfBits, KnownNumbers) {
  EXPECT_EQ(half_bits(1.0F), 0x3c00);
  EXPECT_EQ(half_bits(-2.0F), 0xc000);
  EXPECT_EQ(half_bits(0.1F), 0x2e66);
  EXPECT_EQ(half_bits(65504.0F), 0x7bff);
  EXPECT_EQ(half_bits(65520.0F), 0x7c00);
  EXPECT_EQ(half_bits(5.9604645e-8F), 0x0001);
  EXPECT_EQ(half_bits(1e-9F), 0x0000);
  EXPECT_EQ(half_bits(std::numeric_limits<float>::quiet_NaN()) & 0x7e00, 0x7e00);
}

TEST(HalfValue, KnownNumbers) {
  EXPECT_EQ(half_value(0x3c00), 1.0F);
  EXPECT_EQ(half_value(0xc000), -2.0F);
  EXPECT_EQ(half_value(0x0400), std::ldexp(1.0F, -14));  // least normal number
  EXPECT_EQ(half_value(0x0001), std::ldexp(1.0F, -24));  // least number
  EXPECT_TRUE(std::isinf(half_value(0xfc00)));
  EXPECT_TRUE(std::isnan(half_value(0x7e00)));
}

TEST(HalfBits, EveryHalfIsReadAndWrittenBack) {
  for (int bits = 0; bits < 0x10000; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const float value = half_value(half);
    if (std::isnan(value)) continue;
    ASSERT_EQ(half_bits(value), half) << bits;
  }
}

TEST(HalfBits, TiesGoToEven) {
  EXPECT_EQ(half_bits(2049.0F), half_bits(2048.0F));
  EXPECT_EQ(half_bits(2051.0F), half_bits(2052.0F));
  EXPECT_EQ(half_bits(1.0F + 0x1.1p-11F), 0x3c01);  // above half
  EXPECT_EQ(half_bits(65519.0F), 0x7bff);
  EXPECT_EQ(half_bits(0x1p-25F), 0x0000);  // half the least number
  EXPECT_EQ(half_bits(0x1.8p-25F), 0x0001);
  EXPECT_EQ(half_bits(0x1.ffcp-15F), 0x0400);  // carries into the normal numbers
}

TEST(BfloatBits, EveryFiniteBfloatIsReadAndWrittenBack) {
  for (int bits = 0; bits < 0x10000; ++bits) {
    const auto bfloat = static_cast<std::uint16_t>(bits);
    if (!std::isfinite(bfloat_value(bfloat))) continue;
    ASSERT_EQ(bfloat_bits(bfloat_value(bfloat)), bfloat) << bits;
  }
  EXPECT_EQ(bfloat_bits(1.00390625F), 0x3f80);  // half way to the next, ties to even
}

}  // namespace
}  // namespace foretoken::probe
