#include "validate/baselines.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/invented_data.h"

namespace foretoken::validate {
namespace {

/// Rows of models of many sizes at this share of peak and these seconds a layer.
std::vector<BaselineRow> planted(double efficiency, double layer) {
  std::vector<BaselineRow> rows;
  for (int i = 0; i < 40; ++i) {
    const double bytes = 1e-3 * std::pow(1.2, i % 20);
    const double layers = 8 + 4 * (i % 7);
    rows.push_back({bytes, layers, bytes / efficiency + layer * layers});
  }
  return rows;
}

TEST(Baselines, HaveNames) {
  EXPECT_EQ(baseline_name(0), "roofline");
  EXPECT_EQ(baseline_name(1), "efficiency");
  EXPECT_EQ(baseline_name(2), "bytes+layers");
}

TEST(Baselines, RooflineIsTheTimeAtPeak) {
  const Baselines b(planted(0.5, 0));
  EXPECT_DOUBLE_EQ(b.predict({0.02, 10, 0})[0], 0.02);
}

TEST(Baselines, RecoverAPlantedEfficiency) {
  const Baselines b(planted(0.6, 0));
  EXPECT_NEAR(b.predict({0.03, 10, 0})[1], 0.05, 1e-9);
  EXPECT_NEAR(b.predict({0.03, 10, 0})[2], 0.05, 1e-9);  // no seconds a layer
}

TEST(Baselines, RecoverPlantedSecondsALayer) {
  for (const double layer : {20e-6, 100e-6, 500e-6}) {
    const std::vector<BaselineRow> rows = planted(0.7, layer);
    const Baselines b(rows);
    for (const BaselineRow& row : rows) {
      EXPECT_NEAR(b.predict(row)[2] / row.seconds, 1.0, 0.08) << layer;
    }
    // What one layer more costs: eight steps a decade resolve it to a third.
    const double more = b.predict({0.01, 33, 0})[2] - b.predict({0.01, 32, 0})[2];
    EXPECT_NEAR(std::log(more / layer), 0.0, 0.35);
  }
}

TEST(Baselines, TheEfficiencyIsAMedianThatOutliersDoNotMove) {
  std::vector<BaselineRow> rows = planted(0.6, 0);
  for (int i = 0; i < 10; ++i) rows.push_back({0.01, 10, 5.0});
  EXPECT_NEAR(Baselines(rows).predict({0.03, 10, 0})[1], 0.05, 1e-6);
}

TEST(Baselines, WithoutTrainingRowsStayAtPeak) {
  const std::array<double, kBaselines> predicted = Baselines({}).predict({0.02, 10, 0});
  for (const double seconds : predicted) EXPECT_DOUBLE_EQ(seconds, 0.02);
}

TEST(BaselineRow, HoldsBytesOverPeakWithoutTheLookup) {
  const sim::Library& library = test::invented_library();
  calibrate::Resolver resolver(library);
  calibrate::DecodeRow row;
  row.device = "anvil";
  row.runtime = "plain";
  row.model = "tenfold";
  row.weight_format = "half";
  row.context_start = 934;
  row.gen_tokens = 128;
  row.tokens_per_second = 400;
  const calibrate::ResolvedRow resolved = resolver.resolve(row);
  ASSERT_TRUE(resolved.clean());
  const BaselineRow baseline = baseline_row({.decode = &resolved});
  EXPECT_NEAR(baseline.bytes_seconds, (200e6 + 20e6) / 1e12, 1e-12);
  EXPECT_EQ(baseline.layers, 10);
  EXPECT_DOUBLE_EQ(baseline.seconds, 1.0 / 400);
}

}  // namespace
}  // namespace foretoken::validate
