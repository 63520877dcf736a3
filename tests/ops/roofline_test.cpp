#include "ops/roofline.h"

#include <array>
#include <cmath>

#include <ceres/jet.h>
#include <gtest/gtest.h>

namespace foretoken::ops {
namespace {

constexpr int kInputs = 9;
using Values = std::array<double, kInputs>;
using Jet = ceres::Jet<double, kInputs>;

Seconds milliseconds(double value) { return Seconds::of(value * 1e-3); }

/// launch, ramp, dram, llc, core, serial, flop, link, sharpness.
template <typename T, typename Make>
LawCoefficients<T> law_of(const Values& v, const Make& make) {
  LawCoefficients<T> law;
  law.launch = make(v[0], 0);
  law.ramp = make(v[1], 1);
  law.dram = make(v[2], 2);
  law.llc = make(v[3], 3);
  law.core = make(v[4], 4);
  law.serial = make(v[5], 5);
  law.flop = make(v[6], 6);
  law.link = make(v[7], 7);
  law.sharpness = make(v[8], 8);
  law.has_ramp = true;
  law.has_core = true;
  law.has_serial = true;
  return law;
}

double time_of(const Load& load, const Values& values) {
  return op_time(load, law_of<double>(values, [](double v, int) { return v; })).base();
}

/// The jet's gradient beside central differences, relative to the time.
void expect_gradient(const Load& load, const Values& at) {
  const Jet jet = op_time(load, law_of<Jet>(at, [](double v, int i) { return Jet(v, i); })).base();
  EXPECT_DOUBLE_EQ(jet.a, time_of(load, at));
  for (int i = 0; i < kInputs; ++i) {
    const auto input = static_cast<std::size_t>(i);
    const double step = 1e-5 * at[input];
    Values above = at;
    Values below = at;
    above[input] += step;
    below[input] -= step;
    const double difference = (time_of(load, above) - time_of(load, below)) / (2 * step);
    EXPECT_NEAR(jet.v[i] * at[input] / jet.a, difference * at[input] / jet.a, 1e-7)
        << "coefficient " << i;
  }
}

const Values kCoefficients{1e-5, 4e-6, 0.5, 2.0, 4.0, 0.5, 0.25, 0.8, 4.0};

TEST(Roofline, OneRoofIsItsLoadOverItsShare) {
  LawCoefficients<double> law;
  law.dram = 0.5;
  EXPECT_DOUBLE_EQ(roof_time({.memory = milliseconds(3)}, law), 6e-3);
}

TEST(Roofline, LaunchesAddToTheRoofs) {
  LawCoefficients<double> law;
  law.launch = 1e-5;
  EXPECT_DOUBLE_EQ(op_time({.memory = milliseconds(1), .launches = 3}, law).base(), 1.03e-3);
}

TEST(Roofline, TheRampIsPaidInFullOnlyByLongTransfers) {
  LawCoefficients<double> law;
  law.ramp = 4e-6;
  const Load load{.memory = Seconds::of(10e-6)};
  EXPECT_DOUBLE_EQ(op_time(load, law).base(), 10e-6);  // the pool has no such coefficient
  law.has_ramp = true;
  EXPECT_DOUBLE_EQ(op_time(load, law).base(), 12e-6);  // half of it at 10 us
  EXPECT_DOUBLE_EQ(op_time({.cache = Seconds::of(30e-6)}, law).base(), 33e-6);
  EXPECT_NEAR(op_time({.memory = Seconds::of(1.0)}, law).base() - 1.0, 4e-6, 1e-10);
  EXPECT_EQ(op_time({.flop = Seconds::of(1.0)}, law).base(), 1.0);
}

TEST(Roofline, TwoRoofsJoinByThePNorm) {
  LawCoefficients<double> law;
  law.sharpness = 2.0;
  const Load load{.memory = milliseconds(3), .flop = milliseconds(4)};
  EXPECT_NEAR(roof_time(load, law), 5e-3, 1e-15);  // 3, 4, 5
  law.sharpness = 1.0;
  EXPECT_NEAR(roof_time(load, law), 7e-3, 1e-15);
  law.sharpness = 1000.0;
  EXPECT_NEAR(roof_time(load, law), 4e-3, 1e-15);
}

TEST(Roofline, HalfTheHighestRoofAddsOneAndAHalfPercentAtFour) {
  LawCoefficients<double> law;
  const Load load{.memory = milliseconds(2), .flop = milliseconds(1)};
  EXPECT_NEAR(roof_time(load, law) / 2e-3, std::pow(1 + 1.0 / 16, 0.25), 1e-14);
  EXPECT_NEAR(roof_time(load, law) / 2e-3, 1.015, 5e-4);
}

TEST(Roofline, CacheAndDramBytesAreServedOneAfterTheOther) {
  LawCoefficients<double> law;
  law.dram = 0.5;
  law.llc = 4.0;
  EXPECT_DOUBLE_EQ(roof_time({.memory = milliseconds(1), .cache = milliseconds(8)}, law), 4e-3);
  EXPECT_DOUBLE_EQ(roof_time({.cache = milliseconds(8)}, law), 2e-3);
}

TEST(Roofline, NothingToDoTakesOnlyItsLaunches) {
  LawCoefficients<double> law;
  law.launch = 2e-6;
  EXPECT_EQ(roof_time(Load{}, law), 0.0);
  EXPECT_EQ(op_time(Load{.launches = 2}, law).base(), 4e-6);
  EXPECT_EQ(op_time(Load{.launches = 0}, law).base(), 0.0);
}

TEST(Roofline, RoofsWithoutACoefficientDoNotTakePart) {
  LawCoefficients<double> law;
  const Load load{.memory = milliseconds(1), .core = milliseconds(50), .serial = milliseconds(40)};
  EXPECT_DOUBLE_EQ(roof_time(load, law), 1e-3);
  law.has_core = true;
  law.core = 5.0;
  law.sharpness = 1000.0;
  EXPECT_NEAR(roof_time(load, law), 10e-3, 1e-12);
  law.has_serial = true;
  law.serial = 0.5;
  EXPECT_NEAR(roof_time(load, law), 20e-3, 1e-12);
}

TEST(Roofline, TinyAndHugeTimesNeitherOverflowNorVanish) {
  LawCoefficients<double> law;
  law.sharpness = 1000.0;
  EXPECT_DOUBLE_EQ(roof_time({.memory = Seconds::of(1e-12), .flop = Seconds::of(1e9)}, law), 1e9);
  EXPECT_DOUBLE_EQ(roof_time({.memory = Seconds::of(1e-300)}, law), 1e-300);
}

TEST(RooflineGradient, EqualsDifferencesBelowTheRidge) {
  expect_gradient({.memory = milliseconds(4), .flop = milliseconds(0.5)}, kCoefficients);
}

TEST(RooflineGradient, EqualsDifferencesAboveTheRidge) {
  expect_gradient({.memory = milliseconds(0.1), .flop = milliseconds(4)}, kCoefficients);
}

TEST(RooflineGradient, EqualsDifferencesCloseToTheRidge) {
  expect_gradient({.memory = milliseconds(2.001), .flop = milliseconds(1)}, kCoefficients);
  expect_gradient({.memory = milliseconds(1.999), .flop = milliseconds(1)}, kCoefficients);
}

TEST(RooflineGradient, EqualsDifferencesWithAllRoofs) {
  expect_gradient({.memory = milliseconds(1),
                   .cache = milliseconds(2),
                   .core = milliseconds(12),
                   .flop = milliseconds(0.7),
                   .serial = milliseconds(4),
                   .link = milliseconds(2),
                   .launches = 5},
                  kCoefficients);
}

TEST(RooflineGradient, IsFiniteWhereTwoRoofsAreEqual) {
  const Load load{.memory = milliseconds(2), .flop = milliseconds(1)};  // 4 ms each
  const Jet jet =
      op_time(load, law_of<Jet>(kCoefficients, [](double v, int i) { return Jet(v, i); })).base();
  EXPECT_NEAR(jet.v[2] * kCoefficients[2], jet.v[6] * kCoefficients[6], 1e-15);
  for (int i = 0; i < kInputs; ++i) EXPECT_TRUE(std::isfinite(jet.v[i])) << i;
}

TEST(QueuedTime, IsTheLongerOfDeviceAndHostSmoothly) {
  EXPECT_DOUBLE_EQ(queued_time(2e-3, 0.0), 2e-3);
  EXPECT_NEAR(queued_time(2e-3, 2e-5), 2e-3, 1e-9);
  EXPECT_NEAR(queued_time(2e-5, 2e-3), 2e-3, 1e-9);
  EXPECT_NEAR(queued_time(1e-3, 1e-3), std::pow(2.0, 0.25) * 1e-3, 1e-12);
}

}  // namespace
}  // namespace foretoken::ops
