#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/predict.h"
#include "tests/support/invented_data.h"

namespace foretoken::sim {
namespace {

/// The invented library with some parameters of pool "forge" fitted.
class FittedTest : public testing::Test {
 protected:
  FittedTest() : library(test::InventedData().library()) {
    pool.law = library.laws.at("forge");
    pool.rows = 50;
    for (int i = 0; i < 100; ++i) {
      pool.residuals.known_device.push_back((i - 49.5) / 1000.0);
      pool.residuals.unseen_device.push_back((i - 49.5) / 100.0);
    }
  }
  void set(const std::string& name, double value, double rows = 10) {
    pool.parameters[name] = {value, 0.02, rows};
  }
  Report report(const Request& request, double level = kIntervalLevel) {
    library.coefficients.add(pool);
    return predict(request, library, level);
  }
  Request request() const { return test::invented_request(library); }

  Library library;
  ops::PoolCoefficients pool;
};

constexpr double kGemmBytes = 400e-6;  // all matrices at half of peak

TEST_F(FittedTest, ParametersOfTheDeviceAndItsArchitectureAdd) {
  const double before = report(request()).step.point.base();
  set("gemm.dram", 0.1);
  set("gemm.dram[architecture=Iron-I1]", 0.2);
  set("gemm.dram[device=anvil]", -0.05);
  EXPECT_NEAR(report(request()).step.point.base(), before + kGemmBytes * std::expm1(-0.25), 1e-12);
}

TEST_F(FittedTest, AnUnseenDeviceInheritsItsArchitecture) {
  set("gemm.dram", 0.1);
  set("gemm.dram[architecture=Iron-I1]", 0.2);
  set("gemm.dram[device=anvil]", -0.05);
  const double anvil = report(request()).step.point.base();
  hwdb::Device sibling = *library.devices.lookup("anvil");
  sibling.id = "anvil-2";
  Request other = request();
  other.device = &sibling;
  EXPECT_NEAR(report(other).step.point.base(),
              anvil + kGemmBytes * (std::exp(-0.3) - std::exp(-0.25)), 1e-12);
}

TEST_F(FittedTest, SaysWhereEachFamilyComesFrom) {
  set("gemm.dram", 0.1, 40);
  set("gemm.dram[device=anvil]", 0.0, 7);
  set("attention.dram", 0.1, 30);
  const Report r = report(request());
  for (const BasisReport& line : r.basis) {
    if (line.what == "gemm") {
      EXPECT_EQ(line.level, "this device");
      EXPECT_EQ(line.rows, 7);
    } else if (line.what == "attention") {
      EXPECT_EQ(line.level, "class");
      EXPECT_EQ(line.rows, 30);
    } else {
      EXPECT_EQ(line.level, "datasheet") << line.what;
    }
  }
  EXPECT_EQ(r.basis.front().what, "gemm");
}

TEST_F(FittedTest, IntervalsAreTheQuantilesOfHeldOutResiduals) {
  const Report unseen = report(request(), 0.8);
  EXPECT_FALSE(unseen.known_device);
  // The 10 % and 90 % quantiles of (i - 49.5)/100 at (i + 0.5)/100.
  EXPECT_NEAR(std::log(unseen.step.hi / unseen.step.point), 0.4, 1e-9);
  EXPECT_NEAR(std::log(unseen.step.lo / unseen.step.point), -0.4, 1e-9);
  EXPECT_DOUBLE_EQ(unseen.step.level, 0.8);
  EXPECT_NEAR(unseen.rate.lo.base(), 1 / unseen.step.hi.base(), 1e-9);
  EXPECT_NEAR(unseen.rate.hi.base(), 1 / unseen.step.lo.base(), 1e-9);
}

TEST_F(FittedTest, AMeasuredDeviceHasTheNarrowerInterval) {
  set("gemm.dram[device=anvil]", 0.0, 3);
  const Report known = report(request(), 0.8);
  EXPECT_TRUE(known.known_device);
  EXPECT_NEAR(std::log(known.step.hi / known.step.point), 0.04, 1e-9);
}

TEST_F(FittedTest, AChangedDeviceIsNoLongerTheMeasuredOne) {
  set("gemm.dram[device=anvil]", 0.0, 3);
  Request changed = request();
  changed.device_changed = true;
  EXPECT_FALSE(report(changed).known_device);
}

TEST_F(FittedTest, ANameThatStartsAlikeIsAnotherDevice) {
  set("gemm.dram[device=anvil-2]", 0.0, 3);
  EXPECT_FALSE(knows_device(pool, request()));
  set("gemm.core[device=anvil,format=Q4]", 0.0, 3);
  EXPECT_TRUE(knows_device(pool, request()));
  pool.parameters.clear();
  set("gemm.core[format=Q4,device=anvil]", 0.0, 3);
  EXPECT_TRUE(knows_device(pool, request()));
  pool.parameters.clear();
  set("gemm.dram[device=anvil]", 0.0, 0);  // no row behind it
  EXPECT_FALSE(knows_device(pool, request()));
}

TEST_F(FittedTest, TheBuildsAgeMovesLaunches) {
  set("gemm.launch*build_year", -0.5);
  Request at_base = request();
  at_base.facts.build_year = 2024.0;
  Request later = request();
  later.facts.build_year = 2026.0;
  // 71 GEMM launches and 10 of attention, 10 us each at the base, e^-1 of it two years on.
  EXPECT_NEAR(report(at_base).step.point.base() - report(later).step.point.base(),
              810e-6 * -std::expm1(-1.0), 1e-12);
}

}  // namespace
}  // namespace foretoken::sim
