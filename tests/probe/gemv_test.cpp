#include "probe/gemv.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "probe/blocks.h"
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
      constexpr std::size_t kRows = 7;
      const auto weights = random_weights(format, kRows, k, k);
      const auto x = quantized(GetParam().activations, random_activations(k, k + 1));
      std::vector<float> y(kRows, -1.0F);
      gemv(format, weights.data(), kRows, k, x.data(), y.data());
      EXPECT_LT(gemv_error(format, weights.data(), k, x.data(), y), kRounding)
          << instruction_set() << ", k " << k;
    }
  });
}

TEST_P(EveryFormat, IsCloseToUnquantizedActivations) {
  const WeightFormat format = GetParam().format;
  constexpr std::size_t kLength = 2048;
  const auto weights = random_weights(format, 1, kLength, 3);
  const auto activations = random_activations(kLength, 4);
  const auto x = quantized(GetParam().activations, activations);
  float y = 0.0F;
  gemv(format, weights.data(), 1, kLength, x.data(), &y);
  const auto w = weight_values(format, weights.data(), kLength);
  double sum = 0.0;
  double squares = 0.0;
  for (std::size_t i = 0; i < kLength; ++i) {
    const double product = w[i] * static_cast<double>(activations[i]);
    sum += product;
    squares += product * product;
  }
  EXPECT_NEAR(y, sum, 0.05 * std::sqrt(squares));
}

TEST_P(EveryFormat, SplitRowsGiveTheSameBits) {
  const WeightFormat format = GetParam().format;
  const ActivationFormat activations = GetParam().activations;
  EXPECT_TRUE(rc::check("any number of rows, steps and parts", [&] {
    const auto rows = *rc::gen::inRange<std::size_t>(1, 40);
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
      const std::size_t begin = rows * part / parts;
      const std::size_t end = rows * (part + 1) / parts;
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
    const auto weights = random_weights(format, 3, kRowStep, 5);
    const auto x = quantized(GetParam().activations, std::vector<float>(kRowStep, 0.0F));
    std::vector<float> y(3, 1.0F);
    gemv(format, weights.data(), 3, kRowStep, x.data(), y.data());
    EXPECT_EQ(y, std::vector<float>(3, 0.0F));
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
