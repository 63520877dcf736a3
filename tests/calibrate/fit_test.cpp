#include "calibrate/fit.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace foretoken::calibrate {
namespace {

constexpr double kSpread = 0.2;
constexpr double kNoise = 0.1;  // what the fit starts from

/// One parameter: ln of the share of bandwidth beyond its prior of 1.
Design one_parameter() {
  return {.names = {"gemm.dram"}, .spread = {kSpread}, .level = {-1}, .levels = 0, .sources = 1};
}

/// A row that takes 1 ms at peak and was measured e^offset slower.
FitRow row(double offset, int parameter = 0, int source = 0) {
  FitRow r;
  r.coefficients = {{.ln_prior = 0, .terms = {{parameter, 1.0}}}};
  FitOp op;
  op.load = {.memory = Seconds::of(1e-3), .launches = 0};
  op.input.fill(-1);
  op.input[static_cast<std::size_t>(LawInput::Dram)] = 0;
  r.ops = {op};
  r.ln_seconds = std::log(1e-3) + offset;
  r.source = source;
  return r;
}

Fit fit(const Design& design, const std::vector<FitRow>& rows, int rounds = 1,
        std::vector<std::uint8_t> included = {}) {
  if (included.empty()) included.assign(rows.size(), 1);
  return fit_pool(design, rows, included, {}, {.rounds = rounds}, true);
}

TEST(FitPool, WithoutRowsThePriorStands) {
  const Fit f = fit(one_parameter(), {});
  EXPECT_EQ(f.parameters[0], 0.0);
  EXPECT_DOUBLE_EQ(f.deviations[0], kSpread);
  EXPECT_EQ(f.rows[0], 0.0);
}

TEST(FitPool, DrawsFewRowsTowardsThePrior) {
  // Small offsets, where the robust loss is the square: posterior mean n/(n + (noise/spread)^2).
  constexpr double kOffset = 0.01;
  for (const int n : {1, 4}) {
    const Fit f =
        fit(one_parameter(), std::vector<FitRow>(static_cast<std::size_t>(n), row(kOffset)));
    const double ratio = kNoise * kNoise / (kSpread * kSpread);
    EXPECT_NEAR(f.parameters[0], -kOffset * n / (n + ratio), 1e-5) << n;
    EXPECT_NEAR(f.deviations[0], 1 / std::sqrt(n / (kNoise * kNoise) + 1 / (kSpread * kSpread)),
                1e-4)
        << n;
    EXPECT_EQ(f.rows[0], n);
  }
}

TEST(FitPool, ManyRowsOverruleThePrior) {
  const Fit f = fit(one_parameter(), std::vector<FitRow>(400, row(0.3)), 4);
  EXPECT_NEAR(f.parameters[0], -0.3, 1e-3);
  EXPECT_TRUE(f.converged);
}

TEST(FitPool, OutliersDoNotMoveIt) {
  std::vector<FitRow> rows;
  for (int i = 0; i < 20; ++i) rows.push_back(row(0.1 + 0.01 * (i % 5 - 2)));
  const double before = fit(one_parameter(), rows, 3).parameters[0];
  rows.push_back(row(3.0));
  rows.push_back(row(2.5));
  EXPECT_NEAR(fit(one_parameter(), rows, 3).parameters[0], before, 0.01);
}

TEST(FitPool, ExcludedRowsLeaveNoTrace) {
  std::vector<FitRow> rows(5, row(0.1));
  const Fit without = fit(one_parameter(), rows, 3);
  rows.insert(rows.begin() + 2, row(-2.0));
  const Fit excluded = fit(one_parameter(), rows, 3, {1, 1, 0, 1, 1, 1});
  EXPECT_EQ(excluded.parameters, without.parameters);
  EXPECT_EQ(excluded.deviations, without.deviations);
  EXPECT_EQ(excluded.rows, without.rows);
  EXPECT_EQ(excluded.scale, without.scale);
}

TEST(FitPool, AWeightOfAHalfCountsHalf) {
  std::vector<FitRow> halves(4, row(0.01));
  for (FitRow& r : halves) r.weight = 0.5;
  const Fit two = fit(one_parameter(), std::vector<FitRow>(2, row(0.01)));
  const Fit four = fit(one_parameter(), halves);
  EXPECT_NEAR(four.parameters[0], two.parameters[0], 1e-7);
  EXPECT_NEAR(four.deviations[0], two.deviations[0], 1e-7);
}

TEST(FitPool, AParameterOfAnUnseenKeyStaysAtTheMeanOfItsLevel) {
  const Design design{.names = {"seen", "unseen"},
                      .spread = {kSpread, kSpread},
                      .level = {0, 0},
                      .levels = 1,
                      .sources = 1};
  std::vector<FitRow> rows(10, row(0.2, 0));
  rows.push_back(row(5.0, 1));
  std::vector<std::uint8_t> included(11, 1);
  included.back() = 0;
  const Fit f = fit_pool(design, rows, included, {0.0, 0.7}, {.rounds = 3}, true);
  EXPECT_LT(f.parameters[0], -0.15);
  EXPECT_EQ(f.parameters[1], 0.0);  // whatever the warm start held
  EXPECT_NEAR(f.deviations[1], f.spreads[1], 1e-9);
}

TEST(FitPool, SpreadOfALevelFollowsItsKeys) {
  Design design{.names = {}, .spread = {}, .level = {}, .levels = 1, .sources = 1};
  std::vector<FitRow> close;
  std::vector<FitRow> wide;
  for (int key = 0; key < 12; ++key) {
    design.names.push_back("k" + std::to_string(key));
    design.spread.push_back(kSpread);
    design.level.push_back(0);
    const double side = key % 2 == 0 ? 1.0 : -1.0;
    for (int i = 0; i < 8; ++i) {
      const double noise = 0.02 * (i - 3.5) / 3.5;
      close.push_back(row(0.05 * side + noise, key));
      wide.push_back(row(0.5 * side + noise, key));
    }
  }
  const double narrow_spread = fit(design, close, 5).spreads[0];
  const double wide_spread = fit(design, wide, 5).spreads[0];
  EXPECT_NEAR(narrow_spread, 0.07, 0.03);
  EXPECT_NEAR(wide_spread, 0.5, 0.1);
}

TEST(FitPool, EachSourceHasItsOwnNoise) {
  Design design = one_parameter();
  design.sources = 2;
  std::vector<FitRow> rows;
  for (int i = 0; i < 60; ++i) {
    const double unit = (i % 7 - 3) / 3.0;
    rows.push_back(row(0.1 + 0.02 * unit, 0, 0));
    rows.push_back(row(0.1 + 0.3 * unit, 0, 1));
  }
  const Fit f = fit(design, rows, 4);
  ASSERT_EQ(f.noise.size(), 2u);
  EXPECT_GT(f.noise[1], 3 * f.noise[0]);
  EXPECT_GT(f.scale, f.noise[0]);
  EXPECT_LT(f.scale, f.noise[1]);
}

TEST(FitPool, ARowsOwnBitsDoNotDependOnTheStart) {
  const std::vector<FitRow> rows(6, row(0.1));
  const std::vector<std::uint8_t> all(6, 1);
  const Fit cold = fit_pool(one_parameter(), rows, all, {}, {}, false);
  const Fit warm = fit_pool(one_parameter(), rows, all, {-0.09}, {}, false);
  EXPECT_NEAR(cold.parameters[0], warm.parameters[0], 1e-5);
  EXPECT_TRUE(cold.deviations.empty());
}

}  // namespace
}  // namespace foretoken::calibrate
