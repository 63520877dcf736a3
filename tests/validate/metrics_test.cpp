#include "validate/metrics.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/validate/scored.h"
#include "validate/grouping.h"

namespace foretoken::validate {
namespace {

using test::ScoredRows;

TEST(Metrics, OfFiveRowsByHand) {
  ScoredRows rows;
  for (const double predicted : {1.1, 0.8, 1.3, 1.0, 0.5}) rows.add("a", 1.0, predicted);
  const Metrics m = metrics_of(rows.all());
  EXPECT_EQ(m.rows, 5u);
  EXPECT_NEAR(m.mape, (0.1 + 0.2 + 0.3 + 0.0 + 0.5) / 5, 1e-12);
  EXPECT_NEAR(m.median_ape, 0.2, 1e-12);
  EXPECT_NEAR(m.p90_ape, 0.3 + 0.6 * 0.2, 1e-12);  // rank 3.6 of 0, 0.1, 0.2, 0.3, 0.5
  EXPECT_NEAR(m.bias, 0.0, 1e-12);
}

TEST(Metrics, AreRelativeToTheMeasurement) {
  ScoredRows rows;
  rows.add("a", 0.02, 0.03);
  rows.add("a", 4.0, 6.0);
  EXPECT_NEAR(metrics_of(rows.all()).median_ape, 0.5, 1e-12);
  EXPECT_NEAR(metrics_of(rows.all()).bias, 0.5, 1e-12);
}

TEST(Metrics, OfNoRowsAreZero) {
  const Metrics m = metrics_of({});
  EXPECT_EQ(m.rows, 0u);
  EXPECT_EQ(m.mape, 0.0);
  EXPECT_EQ(m.coverage[2], 0.0);
}

TEST(Metrics, CoverageIsTheShareOfRowsInside) {
  ScoredRows rows;
  // The 50 % interval holds probabilities from a quarter to three quarters, and so on.
  for (const double below : {0.26, 0.88, 0.06, 0.97}) rows.add("a", 1, 1).below = below;
  EXPECT_THAT(metrics_of(rows.all()).coverage, testing::ElementsAre(0.25, 0.5, 0.75));
}

TEST(Metrics, WidthIsTheMeanHalfWidthOfTheInterval) {
  ScoredRows rows;
  rows.add("a", 1, 1).ln_width = 0.2;
  rows.add("a", 1, 1).ln_width = 0.6;
  EXPECT_NEAR(metrics_of(rows.all()).width, 0.2, 1e-12);
}

TEST(BaselineMetrics, LeaveOutRowsWithoutABaseline) {
  ScoredRows rows;
  rows.add("a", 1.0, 1.0).baseline = {0.5, 0.0, 2.0};
  rows.add("a", 1.0, 1.0).baseline = {0.7, 1.0, 0.0};
  EXPECT_EQ(baseline_metrics(rows.all(), 0).rows, 2u);
  EXPECT_NEAR(baseline_metrics(rows.all(), 0).median_ape, 0.4, 1e-12);
  EXPECT_EQ(baseline_metrics(rows.all(), 1).rows, 1u);
  EXPECT_NEAR(baseline_metrics(rows.all(), 1).mape, 0.0, 1e-12);
  EXPECT_NEAR(all_baselines(rows.all())[2].mape, 1.0, 1e-12);
}

TEST(KendallTau, OfAPerfectAndAReversedRanking) {
  ScoredRows same;
  ScoredRows reversed;
  for (int i = 1; i <= 4; ++i) {
    same.add("d" + std::to_string(i), i, 10.0 * i);
    reversed.add("d" + std::to_string(i), i, 10.0 - i);
  }
  EXPECT_DOUBLE_EQ(kendall_tau(same.all()), 1.0);
  EXPECT_DOUBLE_EQ(kendall_tau(reversed.all()), -1.0);
}

TEST(KendallTau, OneSwapOfNeighboursInThree) {
  ScoredRows rows;
  rows.add("a", 1, 1);
  rows.add("b", 2, 3);
  rows.add("c", 3, 2);
  EXPECT_NEAR(kendall_tau(rows.all()), (2.0 - 1.0) / 3.0, 1e-12);
}

TEST(KendallTau, TiesCountAsTauBDoes) {
  ScoredRows rows;
  rows.add("a", 1, 1);
  rows.add("b", 2, 2);
  rows.add("c", 3, 2);  // tied in the prediction alone
  EXPECT_NEAR(kendall_tau(rows.all()), 2.0 / std::sqrt(2.0 * 3.0), 1e-12);
}

TEST(KendallTau, ComparesOnlyRowsThatDifferInTheDeviceAlone) {
  ScoredRows rows;
  for (const char* model : {"tenfold", "eightfold"}) {
    rows.add("a", 1, 1, model);
    rows.add("b", 2, 2, model);  // only two devices a model: no ranking
  }
  EXPECT_EQ(kendall_tau(rows.all()), 0.0);
  rows.add("c", 3, 0.5);
  EXPECT_NEAR(kendall_tau(rows.all()), (1.0 - 2.0) / 3.0, 1e-12);
  rows.last().request.batch = 8;  // now of another set
  EXPECT_EQ(kendall_tau(rows.all()), 0.0);
}

TEST(KendallTau, AveragesADevicesRepeats) {
  ScoredRows rows;
  rows.add("a", 1, 1);
  rows.add("a", 4, 4);  // geometric mean 2
  rows.add("b", 3, 3);
  rows.add("c", 5, 5);
  EXPECT_DOUBLE_EQ(kendall_tau(rows.all()), 1.0);
}

TEST(GroupKey, NamesEveryAttribute) {
  ScoredRows rows;
  const ScoredRow& row = rows.add("anvil", 1, 1);
  EXPECT_EQ(group_key(row, "pool"), "pool=forge");
  EXPECT_EQ(group_key(row, "class"), "class=gpu");
  EXPECT_EQ(group_key(row, "vendor"), "vendor=Forge");
  EXPECT_EQ(group_key(row, "device"), "device=anvil");
  EXPECT_EQ(group_key(row, "source"), "source=us");
  EXPECT_EQ(group_key(row, "runtime"), "runtime=plain");
  EXPECT_EQ(group_key(row, "format_class"), "format_class=half");
  EXPECT_EQ(group_key(row, "arch_class"), "arch_class=dense");
  EXPECT_EQ(group_key(row, "model"), "model=tenfold");
  for (const std::string& by : group_names()) EXPECT_NE(group_key(row, by), "") << by;
}

TEST(GroupKey, AKernelHasNoModel) {
  const hwdb::Device device{.id = "anvil"};
  const calibrate::KernelRow kernel{.source = "us", .op = "gemm", .weight_format = "F16", .m = 8};
  const calibrate::ResolvedKernel resolved{.row = &kernel, .device = &device};
  const calibrate::PoolRow pool_row{.kernel = &resolved};
  const ScoredRow row{.row = &pool_row};
  EXPECT_EQ(group_key(row, "device"), "device=anvil");
  EXPECT_EQ(group_key(row, "model"), "");
  EXPECT_EQ(operator_key(row), "gemm F16, m<=64");
}

TEST(GroupsOf, HoldTheMetricsOfTheirRowsAndSkipTheUnnamed) {
  ScoredRows rows;
  const ScoredRow& a = rows.add("a", 1.0, 1.1);
  const ScoredRow& b = rows.add("b", 1.0, 1.5);
  const std::vector<Group> groups = groups_of({{"x", {&a}}, {"y", {&a, &b}}, {"", {&b}}});
  ASSERT_EQ(groups.size(), 2u);
  EXPECT_EQ(groups[0].key, "x");
  EXPECT_NEAR(groups[0].metrics.mape, 0.1, 1e-12);
  EXPECT_EQ(groups[1].metrics.rows, 2u);
}

}  // namespace
}  // namespace foretoken::validate
