#include "sim/interval.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace foretoken::sim {
namespace {

const std::vector<double> kTenths{-0.4, -0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3, 0.4, 0.5};

TEST(Quantile, InterpolatesBetweenOrderStatistics) {
  EXPECT_DOUBLE_EQ(quantile(kTenths, 0.05), -0.4);  // the first value stands at 0.5/10
  EXPECT_DOUBLE_EQ(quantile(kTenths, 0.95), 0.5);
  EXPECT_NEAR(quantile(kTenths, 0.10), -0.35, 1e-12);
  EXPECT_NEAR(quantile(kTenths, 0.50), 0.05, 1e-12);
}

TEST(Quantile, StaysInsideTheValues) {
  EXPECT_DOUBLE_EQ(quantile(kTenths, 0.0), -0.4);
  EXPECT_DOUBLE_EQ(quantile(kTenths, 1.0), 0.5);
  EXPECT_DOUBLE_EQ(quantile({7.0}, 0.3), 7.0);
  EXPECT_DOUBLE_EQ(quantile({}, 0.3), 0.0);
}

TEST(LogInterval, HoldsTheStatedShareOfTheResiduals) {
  const LogInterval eighty = log_interval(kTenths, 0.8);
  EXPECT_NEAR(eighty.lo, -0.35, 1e-12);
  EXPECT_NEAR(eighty.hi, 0.45, 1e-12);
}

TEST(LogInterval, IsWideWhereTooFewRowsWereHeldOut) {
  const LogInterval none = log_interval({}, 0.9);
  EXPECT_NEAR(none.hi, 0.99, 1e-12);
  EXPECT_NEAR(none.lo, -0.99, 1e-12);
  const LogInterval seven = log_interval({0, 0, 0, 0, 0, 0, 0}, 0.9);
  EXPECT_NEAR(seven.hi, 0.99, 1e-12);
  const LogInterval eight = log_interval({0, 0, 0, 0, 0, 0, 0, 0}, 0.9);
  EXPECT_EQ(eight.hi, 0.0);
}

TEST(ResidualsFor, AKnownDeviceHasItsOwnWhereThereAreAny) {
  ops::PoolCoefficients pool;
  pool.residuals.unseen_device = {1.0};
  EXPECT_EQ(residuals_for(pool, true), std::vector<double>{1.0});
  pool.residuals.known_device = {2.0};
  EXPECT_EQ(residuals_for(pool, true), std::vector<double>{2.0});
  EXPECT_EQ(residuals_for(pool, false), std::vector<double>{1.0});
}

RC_GTEST_PROP(QuantileProperty, GrowsWithItsLevelAndWiderLevelsHoldNarrowerOnes, ()) {
  auto values = *rc::gen::container<std::vector<double>>(
      rc::gen::map(rc::gen::inRange(-1000, 1000), [](int v) { return v / 1000.0; }));
  std::sort(values.begin(), values.end());
  const double a = *rc::gen::inRange(1, 100) / 100.0;
  const double b = *rc::gen::inRange(1, 100) / 100.0;
  RC_ASSERT(quantile(values, std::min(a, b)) <= quantile(values, std::max(a, b)) + 1e-12);
  const LogInterval narrow = log_interval(values, std::min(a, b));
  const LogInterval wide = log_interval(values, std::max(a, b));
  RC_ASSERT(wide.lo <= narrow.lo + 1e-12);
  RC_ASSERT(wide.hi >= narrow.hi - 1e-12);
}

}  // namespace
}  // namespace foretoken::sim
