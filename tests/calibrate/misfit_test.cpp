#include "calibrate/misfit.h"

#include <cmath>

#include <gtest/gtest.h>

#include "base/normal.h"

namespace foretoken::calibrate {
namespace {

constexpr double kStudent90 = 2.1318468;  // four degrees of freedom

ops::Draws noise() {
  ops::Draws draws{};
  draws.fill(0.1);
  return draws;
}

/// `groups` groups of ten misses that are spread as the doubt says, times `scale`.
std::vector<Miss> misses(int groups, double scale) {
  std::vector<Miss> all;
  for (int i = 0; i < groups * 10; ++i) {
    // Quantiles of Student's distribution by bisection.
    const double p = (i + 0.5) / (groups * 10);
    double lo = -50;
    double hi = 50;
    for (int step = 0; step < 60; ++step) {
      const double middle = 0.5 * (lo + hi);
      (student_cdf(middle, 4) < p ? lo : hi) = middle;
    }
    all.push_back({.ln_ratio = scale * 0.1 * lo, .weight = 1, .group = std::to_string(i % groups)});
  }
  return all;
}

TEST(MisfitOf, IsOneWhereDoubtsAreRight) {
  EXPECT_NEAR(misfit_of(misses(40, 1.0), noise()).scale, 1.0, 0.03);
  EXPECT_EQ(misfit_of(misses(40, 1.0), noise()).rows, 400);
}

TEST(MisfitOf, FollowsTheMissesWithManyGroups) {
  EXPECT_NEAR(misfit_of(misses(40, 2.0), noise()).scale, std::pow(2.0, 40.0 / 41.0), 0.06);
  EXPECT_NEAR(misfit_of(misses(40, 0.5), noise()).scale, std::pow(0.5, 40.0 / 41.0), 0.02);
}

TEST(MisfitOf, OneGroupMovesItHalfWay) {
  EXPECT_NEAR(misfit_of(misses(1, 4.0), noise()).scale, 2.0, 0.25);
}

TEST(MisfitOf, WeighsMisses) {
  std::vector<Miss> all(50, {.ln_ratio = 0.1 * kStudent90, .weight = 2, .group = "a"});
  for (int i = 0; i < 20; ++i) all.push_back({.ln_ratio = 100.0, .weight = 0.1, .group = "b"});
  EXPECT_NEAR(misfit_of(all, noise()).scale, 1.0, 0.01);
  EXPECT_EQ(misfit_of({}, noise()).scale, 1.0);
}

}  // namespace
}  // namespace foretoken::calibrate
