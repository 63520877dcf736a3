#include "probe/gemv.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "probe/blocks.h"
#include "probe/interleaved.h"
#include "probe/weight_data.h"
#include "tests/probe/each_target.h"

namespace foretoken::probe {
namespace {

std::vector<std::byte> quantized(ActivationFormat format, const std::vector<float>& x,
                                 std::size_t parts = 1) {
  std::vector<std::byte> out(activation_bytes(format, x.size()));
  for (std::size_t part = 0; part < parts; ++part) {
    quantize_activations(format, x.data(), x.size(), part, parts, out.data());
  }
  return out;
}

class EveryFormat : public testing::TestWithParam<WeightFormatFacts> {};

// The sums of a row differ from exact ones by the rounding of FP32 alone.
constexpr double kRounding = 2e-6;

TEST_P(EveryFormat, GivesTheReferencesSums) {
  const WeightFormat format = GetParam().format;
  for_each_target([&] {
    for (const std::size_t k : {256U, 512U, 1024U, 4864U}) {
      const std::size_t rows = 7 * GetParam().rows;
      const auto weights = random_weights(format, rows, k, k);
      const auto x = quantized(GetParam().activations, random_activations(k, k + 1));
      std::vector<float> y(rows, -1.0F);
      gemv(format, weights.data(), rows, k, x.data(), y.data());
      EXPECT_LT(gemv_error(format, weights.data(), k, x.data(), y), kRounding)
          << instruction_set() << ", k " << k;
    }
  });
}

TEST_P(EveryFormat, IsCloseToUnquantizedActivations) {
  const WeightFormat format = GetParam().format;
  constexpr std::size_t kLength = 2048;
  const std::size_t rows = GetParam().rows;
  const auto weights = random_weights(format, rows, kLength, 3);
  const auto activations = random_activations(kLength, 4);
  const auto x = quantized(GetParam().activations, activations);
  std::vector<float> y(rows);
  gemv(format, weights.data(), rows, kLength, x.data(), y.data());
  const auto w = weight_values(format, weights.data(), kLength);
  double sum = 0.0;
  double squares = 0.0;
  for (std::size_t i = 0; i < kLength; ++i) {
    const double product = w[i] * static_cast<double>(activations[i]);
    sum += product;
    squares += product * product;
  }
  EXPECT_NEAR(y[0], sum, 0.05 * std::sqrt(squares));
}

TEST_P(EveryFormat, SplitRowsGiveTheSameBits) {
  const WeightFormat format = GetParam().format;
  const ActivationFormat activations = GetParam().activations;
  EXPECT_TRUE(rc::check("any number of rows, steps and parts", [&] {
    const auto groups = *rc::gen::inRange<std::size_t>(1, 40);
    const std::size_t rows = groups * GetParam().rows;
    const auto k = kRowStep * *rc::gen::inRange<std::size_t>(1, 5);
    const auto parts = *rc::gen::inRange<std::size_t>(1, 9);
    const auto seed = *rc::gen::arbitrary<std::uint64_t>();
    const auto weights = random_weights(format, rows, k, seed);
    const auto values = random_activations(k, seed + 1);
    const auto x = quantized(activations, values);
    RC_ASSERT(quantized(activations, values, parts) == x);
    std::vector<float> whole(rows);
    std::vector<float> pieces(rows);
    gemv(format, weights.data(), rows, k, x.data(), whole.data());
    for (std::size_t part = 0; part < parts; ++part) {
      const std::size_t begin = groups * part / parts * GetParam().rows;
      const std::size_t end = groups * (part + 1) / parts * GetParam().rows;
      gemv(format, weights.data() + begin * row_bytes(format, k), end - begin, k, x.data(),
           pieces.data() + begin);
    }
    RC_ASSERT(whole == pieces);
    RC_ASSERT(gemv_error(format, weights.data(), k, x.data(), whole) < kRounding);
  }));
}

TEST_P(EveryFormat, ZeroActivationsGiveZero) {
  const WeightFormat format = GetParam().format;
  for_each_target([&] {
    const std::size_t rows = 3 * GetParam().rows;
    const auto weights = random_weights(format, rows, kRowStep, 5);
    const auto x = quantized(GetParam().activations, std::vector<float>(kRowStep, 0.0F));
    std::vector<float> y(rows, 1.0F);
    gemv(format, weights.data(), rows, kRowStep, x.data(), y.data());
    EXPECT_EQ(y, std::vector<float>(rows, 0.0F));
  });
}

INSTANTIATE_TEST_SUITE_P(Gemv, EveryFormat, testing::ValuesIn(kWeightFormats),
                         [](const auto& tested) { return std::string(tested.param.short_name); });

TEST(Gemv, ExtremeWeightsDoNotOverflow) {
  BlockQ8_0 block{.d = 0x3c00, .q = {}};
  block.q.fill(-128);
  std::vector<BlockQ8_0> row(kRowStep / 32, block);
  const auto x = quantized(ActivationFormat::Q8_0, std::vector<float>(kRowStep, 127.0F));
  for_each_target([&] {
    float y = 0.0F;
    gemv(WeightFormat::Q8_0, reinterpret_cast<const std::byte*>(row.data()), 1, kRowStep, x.data(),
         &y);
    EXPECT_EQ(y, -128.0F * 127.0F * kRowStep) << instruction_set();
  });
}

class EveryInterleavedFormat : public testing::TestWithParam<WeightFormat> {};

TEST_P(EveryInterleavedFormat, KeepsEveryRowBitByBit) {
  const WeightFormat format = GetParam();
  constexpr std::size_t kRows = 24;
  constexpr std::size_t kLength = 768;
  const auto plain = random_weights(plain_format(format), kRows, kLength, 11);
  const auto woven = interleaved(format, plain, kLength);
  ASSERT_EQ(woven.size(), plain.size());
  EXPECT_NE(woven, plain);
  const std::size_t bytes = row_bytes(format, kLength);
  for (std::size_t row = 0; row < kRows; ++row) {
    const std::byte* const begin = plain.data() + row * bytes;
    const std::vector<std::byte> expected(begin, begin + bytes);
    EXPECT_EQ(plain_row(format, woven.data(), row, kLength), expected) << row;
  }
}

TEST_P(EveryInterleavedFormat, GivesThePlainRowsSums) {
  const WeightFormat format = GetParam();
  const WeightFormat plain = plain_format(format);
  constexpr std::size_t kRows = 16;
  const auto weights = random_weights(plain, kRows, 1024, 12);
  const auto woven = interleaved(format, weights, 1024);
  const auto x = quantized(facts_of(format).activations, random_activations(1024, 13));
  std::vector<float> expected(kRows);
  gemv(plain, weights.data(), kRows, 1024, x.data(), expected.data());
  for_each_target([&] {
    std::vector<float> y(kRows);
    gemv(format, woven.data(), kRows, 1024, x.data(), y.data());
    for (std::size_t row = 0; row < kRows; ++row) EXPECT_NEAR(y[row], expected[row], 1e-3) << row;
  });
}

INSTANTIATE_TEST_SUITE_P(Gemv, EveryInterleavedFormat,
                         testing::Values(WeightFormat::Q4_0_8x8, WeightFormat::Q4_K_8x8),
                         [](const auto& tested) {
                           return std::string(facts_of(tested.param).short_name);
                         });

/// The largest nibbles, scales and activations: sums of 16 bits must hold them.
TEST(Gemv, ExtremeNibblesDoNotOverflow) {
  BlockQ4_K block{.d = 0x3c00, .dmin = 0, .scales = {}, .q = {}};
  block.scales.fill(0xff);
  block.q.fill(0xff);
  std::vector<std::byte> rows(8 * sizeof block);
  for (std::size_t row = 0; row < 8; ++row) {
    std::memcpy(rows.data() + row * sizeof block, &block, sizeof block);
  }
  const auto woven = interleaved(WeightFormat::Q4_K_8x8, rows, kRowStep);
  for (const float size : {127.0F, -127.0F}) {
    const auto x = quantized(ActivationFormat::Q8_K, std::vector<float>(kRowStep, size));
    for_each_target([&] {
      std::vector<float> y(8);
      gemv(WeightFormat::Q4_K_8x8, woven.data(), 8, kRowStep, x.data(), y.data());
      EXPECT_EQ(y, std::vector<float>(8, 63.0F * 15.0F * size * kRowStep)) << instruction_set();
    });
  }
}

TEST(Gemv, PrefetchingChangesNoBit) {
  const auto weights = random_weights(WeightFormat::Q8_0, 5, 1024, 14);
  const auto x = quantized(ActivationFormat::Q8_0, random_activations(1024, 15));
  for_each_target([&] {
    std::vector<float> plain(5);
    std::vector<float> prefetched(5);
    gemv(WeightFormat::Q8_0, weights.data(), 5, 1024, x.data(), plain.data());
    gemv_prefetching(weights.data(), 5, 1024, x.data(), prefetched.data());
    EXPECT_EQ(prefetched, plain) << instruction_set();
  });
}

TEST(GemvError, SeesOneWrongRow) {
  const auto weights = random_weights(WeightFormat::Q4_K, 4, kRowStep, 6);
  const auto x = quantized(ActivationFormat::Q8_K, random_activations(kRowStep, 7));
  std::vector<float> y(4);
  gemv(WeightFormat::Q4_K, weights.data(), 4, kRowStep, x.data(), y.data());
  y[2] += 0.1F;
  EXPECT_GT(gemv_error(WeightFormat::Q4_K, weights.data(), kRowStep, x.data(), y), 1e-4);
  y[2] = NAN;
  EXPECT_GT(gemv_error(WeightFormat::Q4_K, weights.data(), kRowStep, x.data(), y), 1.0);
}

TEST(WeightFormat, RowsHaveTheBytesOfFiles) {
  EXPECT_EQ(row_bytes(WeightFormat::Q4_0, 4096), 2304U);
  EXPECT_EQ(row_bytes(WeightFormat::Q6_K, 4096), 3360U);
  EXPECT_EQ(row_bytes(WeightFormat::Int8Channel, 4096), 4098U);
}

TEST(WeightValues, OfABlockWrittenByHand) {
  BlockQ4_K block{.d = 0x3c00, .dmin = 0x4000, .scales = {}, .q = {}};
  block.scales[1] = 3;     // scale 1
  block.scales[5] = 2;     // min 1
  block.scales[0] = 0x80;  // upper bits of scale 4: 2 << 4
  block.scales[4] = 0x40;  // upper bits of min 4: 1 << 4
  block.scales[8] = 0x35;  // low nibbles of scale 4 and min 4
  block.q[0] = 0x70;       // values 0 and 32
  block.q[64] = 0x09;      // values 128 and 160
  const auto values =
      weight_values(WeightFormat::Q4_K, reinterpret_cast<const std::byte*>(&block), 256);
  EXPECT_EQ(values[0], 0.0);
  EXPECT_EQ(values[32], 3.0 * 7 - 2.0 * 2);
  EXPECT_EQ(values[33], -4.0);
  EXPECT_EQ(values[128], 37.0 * 9 - 2.0 * 19);
}

}  // namespace
}  // namespace foretoken::probe
