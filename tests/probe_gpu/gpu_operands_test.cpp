#include "probe/gpu_operands.h"

#include <limits>
#include <set>

#include <gtest/gtest.h>

#include "probe/gpu_plan.h"
#include "probe/gpu_timing.h"

namespace foretoken::probe::gpu {
namespace {

TEST(Activations, BlocksAreWithinHalfAStep) {
  const Activations x = make_activations(2, 64);
  ASSERT_EQ(x.blocks.size(), 4U);
  for (std::size_t i = 0; i < x.floats.size(); ++i) {
    const auto value = static_cast<double>(x.floats[i]);
    EXPECT_NE(value, 0.0);
    // Half a step, and what the scale loses as a half.
    EXPECT_NEAR(activation_seen(x, Weights::Q80, i), value, 1.0 / 254 + 1.0 / 2048);
    EXPECT_NEAR(activation_seen(x, Weights::Int8, i), value, 1.0 / 254 + 1e-6);
    EXPECT_EQ(activation_seen(x, Weights::F16, i), value);
  }
}

TEST(Activations, BlocksHoldTheirSum) {
  std::array<float, 32> values{};
  values[0] = 1.27F;
  values[1] = -0.5F;
  const Q8Block block = quantized_block(values.data());
  EXPECT_EQ(block.values[0], 127);
  EXPECT_EQ(block.values[1], -50);
  EXPECT_NEAR(half_value(block.scale), 0.01, 1e-5);
  EXPECT_NEAR(half_value(block.sum), 0.77, 1e-3);
}

TEST(Activations, ABlockOfZerosStaysZero) {
  const std::array<float, 32> values{};
  const Q8Block block = quantized_block(values.data());
  EXPECT_EQ(block.scale, 0);
  EXPECT_EQ(block.values[31], 0);
}

TEST(Reference, SumsAKnownRow) {
  Activations x = make_activations(2, 32);
  std::array<std::uint8_t, 34> row{};
  row[1] = 0x3c;  // scale 1
  row[2] = 2;
  row[3] = 0xff;  // -1
  const std::vector<double> outputs = reference_outputs(Weights::Q80, row.data(), 0, x);
  ASSERT_EQ(outputs.size(), 2U);
  for (std::size_t token = 0; token < 2; ++token) {
    EXPECT_DOUBLE_EQ(outputs[token], 2 * activation_seen(x, Weights::Q80, 32 * token) -
                                         activation_seen(x, Weights::Q80, 32 * token + 1));
  }
}

TEST(Reference, RowScalesMultiplyInt8Rows) {
  const Activations x = make_activations(1, 32);
  std::array<std::uint8_t, 32> row{};
  row[0] = 10;
  const double plain = reference_outputs(Weights::Int8, row.data(), 0x3c00, x).front();
  EXPECT_DOUBLE_EQ(plain, 10 * activation_seen(x, Weights::Int8, 0));
  EXPECT_DOUBLE_EQ(reference_outputs(Weights::Int8, row.data(), 0x3800, x).front(), plain / 2);
}

TEST(Deviation, IsRelativeToWhatIsExpected) {
  Deviation deviation;
  deviation.add(3.0, 3.0);
  deviation.add(4.5, 4.0);
  EXPECT_DOUBLE_EQ(deviation.relative(), 0.5 / std::sqrt(12.5));
}

TEST(Deviation, WhatIsNotFiniteIsInfinitelyOff) {
  Deviation deviation;
  deviation.add(std::numeric_limits<double>::quiet_NaN(), 3.0);
  deviation.add(3.0, 3.0);
  EXPECT_TRUE(std::isinf(deviation.relative()));
  EXPECT_TRUE(std::isinf(Deviation().relative()));
}

TEST(Copies, ExceedTheCacheSeveralTimesAndFit) {
  const OperandCopies copies = operand_copies(1 << 30, 1000, 1 << 20, 10000);
  EXPECT_EQ(copies.stride, 1024);
  EXPECT_EQ(copies.count, 5 * 1024);
  EXPECT_EQ(copies.offset(copies.count + 2), 2048);
  EXPECT_EQ(operand_copies(1 << 20, 1 << 21, 1 << 10, 10).count, 0);
  EXPECT_EQ(operand_copies(1 << 20, 1 << 19, 1 << 20, 10).count, 2);
  EXPECT_EQ(operand_copies(1 << 20, 1024, 1 << 20, 10).count, 10);
}

TEST(SampledRows, HoldTheFirstAndTheLast) {
  EXPECT_EQ(sampled_rows(3, 16), (std::vector<int>{0, 1, 2}));
  const std::vector<int> rows = sampled_rows(1001, 11);
  EXPECT_EQ(rows.front(), 0);
  EXPECT_EQ(rows.back(), 1000);
  EXPECT_EQ(std::set<int>(rows.begin(), rows.end()).size(), 11U);
}

TEST(Timing, MedianAndQuartiles) {
  const Timing timing = summarized({5, 1, 2, 4, 3});
  EXPECT_EQ(timing.seconds, 3);
  EXPECT_DOUBLE_EQ(timing.spread, 2.0 / 6.0);
  EXPECT_EQ(timing.repeats, 5);
  EXPECT_EQ(summarized({}).repeats, 0);
}

TEST(Plan, EveryShapeIsOfWholeBlocks) {
  for (const bool check_only : {false, true}) {
    for (const GemvCase& of : gemv_cases(false, check_only)) {
      EXPECT_EQ(of.shape.k % layout_of(of.weights).values, 0);
      EXPECT_EQ(of.shape.k % 32, 0);
    }
  }
}

}  // namespace
}  // namespace foretoken::probe::gpu
