#include <cmath>
#include <map>
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
  }
  void set(const std::string& name, double value, double rows = 10) {
    pool.parameters[name] = {value, 0.02, rows, {}};
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

TEST_F(FittedTest, SaysWhereEachOperatorsCoefficientComesFrom) {
  set("gemm.dram", 0.1, 40);
  set("gemm.dram[device=anvil]", 0.0, 7);
  set("gemm.launch", 0.0, 20);
  set("attention.dram", 0.1, 30);
  set("step.host", 0.0, 15);
  const Report r = report(request());
  std::size_t launch_bound = 0;
  for (const OpReport& op : r.ops) {
    if (op.family != "gemm") continue;
    // What bounds an operator decides: the head streams its bytes, a layer's matrices are launches.
    EXPECT_EQ(op.basis, op.bound == "memory" ? "this device" : "class") << op.name;
    EXPECT_EQ(op.rows, op.bound == "memory" ? 7 : 20) << op.name;
    if (op.bound == "launch") ++launch_bound;
  }
  EXPECT_GT(launch_bound, 0u);
  double share = 0;
  std::map<std::string, BasisReport> lines;
  for (const BasisReport& line : r.basis) {
    share += line.share;
    lines[line.what + " " + line.level] = line;
  }
  EXPECT_NEAR(share, 1.0, 1e-9);
  EXPECT_EQ(lines.at("gemm this device").rows, 7);
  EXPECT_EQ(lines.at("gemm class").rows, 20);
  EXPECT_EQ(lines.at("host class").rows, 15);
  EXPECT_EQ(lines.count("small datasheet"), 1u);
}

/// ln(hi/point) of the step's interval.
double half_width(const Report& report) { return std::log(report.step.hi / report.step.point); }

TEST_F(FittedTest, IntervalsOfAPoolWithoutRowsCarryThePriorsSpread) {
  const Report r = report(request(), 0.8);
  EXPECT_DOUBLE_EQ(r.step.level, 0.8);
  EXPECT_GT(half_width(r), 0.15);
  EXPECT_LT(r.step.lo, r.step.point);
  EXPECT_NEAR(r.rate.lo.base(), 1 / r.step.hi.base(), 1e-9);
  EXPECT_NEAR(r.rate.hi.base(), 1 / r.step.lo.base(), 1e-9);
}

TEST_F(FittedTest, KnowledgeOfEveryCoefficientLeavesTheNoise) {
  for (const ops::CoefficientSpec& spec : pool.law.coefficients)
    set(ops::text_of(spec.id), 0.0, 40);
  set("gemm.dram[architecture=Iron-I1]", 0.0);
  set("gemm.dram[device=anvil]", 0.0);
  set("gemm.launch*build_year", 0.0);
  for (auto& entry : pool.parameters) entry.second.deviation = 0.0;
  pool.uncertainty.noise["step"] = {.ln_mean = std::log(0.05), .ln_deviation = 0.0};
  pool.uncertainty.misfits[ops::misfit_key("step", false)] = {1.0, 100};
  EXPECT_NEAR(half_width(report(request())), 2.1318 * 0.05, 1e-4);
  // A measured device has its own misfit.
  pool.uncertainty.misfits[ops::misfit_key("step", true)] = {0.5, 100};
  pool.uncertainty.devices["anvil"] = {.steps = 3, .kernels = 0};
  EXPECT_NEAR(half_width(report(request())), 2.1318 * 0.025, 1e-4);
}

TEST_F(FittedTest, AnUnseenDeviceIsLessCertainThanAMeasuredOne) {
  for (const ops::CoefficientSpec& spec : pool.law.coefficients)
    set(ops::text_of(spec.id), 0.0, 40);
  set("gemm.dram[architecture=Iron-I1]", 0.0);
  const double unseen = half_width(report(request()));
  set("gemm.dram[device=anvil]", 0.0, 3);
  EXPECT_LT(half_width(report(request())), unseen);
  // Where devices were found to lie close together, the unseen one is as good as measured.
  pool.parameters.erase("gemm.dram[device=anvil]");
  pool.uncertainty.spreads["gemm.dram[device]"] = 0.01;
  EXPECT_LT(half_width(report(request())), unseen);
}

TEST_F(FittedTest, ADeviceIsKnownByItsRows) {
  pool.uncertainty.devices["anvil-2"] = {.steps = 3, .kernels = 0};
  EXPECT_FALSE(report(request()).known_device);
  pool.uncertainty.devices["anvil"] = {.steps = 0, .kernels = 2};
  EXPECT_TRUE(report(request()).known_device);
  Request changed = request();
  changed.device_changed = true;  // a what-if is no longer the measured one
  EXPECT_FALSE(report(changed).known_device);
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
