#include "sim/interval.h"

#include <cmath>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace foretoken::sim {
namespace {

constexpr double kNormal90 = 1.6448536;
constexpr double kStudent90 = 2.1318468;  // four degrees of freedom

/// Offsets and noise of these standard deviations.
Doubt doubt(double offsets, double noise, double scale = 1.0) {
  Doubt d;
  d.offsets = ops::standard_draws(1);
  for (double& offset : d.offsets) offset *= offsets;
  d.noise.fill(noise);
  d.misfit = {.scale = scale};
  return d;
}

TEST(LogInterval, OfNoiseAloneIsItsQuantiles) {
  const LogInterval i = log_interval(doubt(0.0, 0.1), 0.9);
  EXPECT_NEAR(i.hi, kStudent90 * 0.1, 1e-6);
  EXPECT_NEAR(i.lo, -kStudent90 * 0.1, 1e-6);
}

TEST(LogInterval, OfDrawsAloneIsTheirs) {
  EXPECT_NEAR(log_interval(doubt(0.3, 0.001), 0.9).hi, kNormal90 * 0.3, 0.02);
}

TEST(LogInterval, DrawsAndNoiseWidenEachOther) {
  const double both = log_interval(doubt(0.3, 0.2), 0.9).hi;
  EXPECT_GT(both, std::hypot(kNormal90 * 0.3, kNormal90 * 0.2));
  EXPECT_LT(both, kNormal90 * 0.3 + kStudent90 * 0.2);
}

TEST(LogInterval, MisfitWidensEverything) {
  const double plain = log_interval(doubt(0.3, 0.1), 0.8).hi;
  EXPECT_NEAR(log_interval(doubt(0.3, 0.1, 2.0), 0.8).hi, 2.0 * plain, 1e-5);
}

TEST(LogInterval, HoldsThePointWhereDrawsLeanToOneSide) {
  Doubt d = doubt(0.0, 0.01);
  d.offsets.fill(0.5);
  const LogInterval i = log_interval(d, 0.5);
  EXPECT_EQ(i.lo, 0.0);
  EXPECT_NEAR(i.hi, 0.5, 0.02);
}

TEST(ProbabilityBelow, IsAHalfInTheMiddle) {
  EXPECT_NEAR(probability_below(doubt(0.2, 0.1), 0.0), 0.5, 1e-12);
  EXPECT_LT(probability_below(doubt(0.2, 0.1), -1.5), 1e-3);
  EXPECT_GT(probability_below(doubt(0.2, 0.1), 1.5), 1.0 - 1e-3);
}

RC_GTEST_PROP(LnQuantileProperty, InvertsTheProbability, ()) {
  const double offsets = *rc::gen::inRange(0, 2000) / 1000.0;
  const double noise = *rc::gen::inRange(1, 500) / 1000.0;
  const double scale = *rc::gen::inRange(1, 100) / 10.0;
  const double p = *rc::gen::inRange(1, 200) / 200.0;
  const Doubt d = doubt(offsets, noise, scale);
  RC_ASSERT(std::abs(probability_below(d, ln_quantile(d, p)) - p) < 1e-5);
}

RC_GTEST_PROP(LogIntervalProperty, WiderLevelsHoldNarrowerOnes, ()) {
  const Doubt d = doubt(*rc::gen::inRange(0, 2000) / 1000.0, *rc::gen::inRange(1, 500) / 1000.0,
                        *rc::gen::inRange(1, 100) / 10.0);
  const LogInterval fifty = log_interval(d, 0.5);
  const LogInterval ninety = log_interval(d, 0.9);
  RC_ASSERT(ninety.lo <= fifty.lo && fifty.lo <= 0.0);
  RC_ASSERT(ninety.hi >= fifty.hi && fifty.hi >= 0.0);
}

}  // namespace
}  // namespace foretoken::sim
