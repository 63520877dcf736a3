#include "base/normal.h"

#include <cmath>

#include <gtest/gtest.h>

namespace foretoken {
namespace {

TEST(NormalQuantile, InvertsTheDistribution) {
  EXPECT_NEAR(normal_quantile(0.5), 0.0, 1e-15);
  EXPECT_NEAR(normal_quantile(0.975), 1.959963984540054, 1e-13);
  EXPECT_NEAR(normal_quantile(0.95), 1.644853626951473, 1e-13);
  for (const double p : {1e-12, 1e-4, 0.01, 0.024, 0.025, 0.3, 0.7, 0.976, 0.9999}) {
    EXPECT_NEAR(0.5 * std::erfc(-normal_quantile(p) / std::sqrt(2.0)) / p, 1.0, 1e-12) << p;
    EXPECT_NEAR(normal_quantile(p), -normal_quantile(1.0 - p), 1e-4) << p;
  }
}

TEST(StudentCdf, AgreesWithTables) {
  // Two-sided 90 % points: t(2) 2.919986, t(4) 2.131847, t(8) 1.859548, t(30) 1.697261.
  EXPECT_NEAR(student_cdf(2.9199855803537256, 2), 0.95, 1e-12);
  EXPECT_NEAR(student_cdf(2.1318467863266495, 4), 0.95, 1e-12);
  EXPECT_NEAR(student_cdf(1.8595480375308981, 8), 0.95, 1e-12);
  EXPECT_NEAR(student_cdf(1.6972608865939578, 30), 0.95, 1e-12);
  EXPECT_NEAR(student_cdf(-1.6972608865939578, 30), 0.05, 1e-12);
  EXPECT_DOUBLE_EQ(student_cdf(0.0, 6), 0.5);
  EXPECT_NEAR(student_cdf(1e6, 2), 1.0, 1e-11);
}

}  // namespace
}  // namespace foretoken
