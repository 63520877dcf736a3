#include "calibrate/energy_row.h"

#include <functional>
#include <string>

#include <gtest/gtest.h>

#include "calibrate/design_builder.h"
#include "calibrate/predicted_time.h"
#include "calibrate/row_model.h"
#include "tests/support/invented_data.h"
#include "tests/support/invented_energy.h"

namespace foretoken::calibrate {
namespace {

const sim::Library& library() {
  static const test::InventedData kData;
  static const sim::Library kLibrary = [] {
    kData.write("laws/energy.yaml", test::kEnergyLawText);
    return kData.library();
  }();
  return kLibrary;
}

/// Resolved rows point to their decode row.
struct Measured {
  std::unique_ptr<DecodeRow> row = std::make_unique<DecodeRow>();
  ResolvedRow resolved;
};

Measured measured(const std::function<void(DecodeRow&)>& change) {
  static Resolver resolver(library());
  Measured result;
  DecodeRow& row = *result.row;
  row.row_id = "r1";
  row.source = "us";
  row.device = "anvil";
  row.runtime = "plain";
  row.model = "tenfold";
  row.weight_format = "half";
  row.context_start = 934;
  row.gen_tokens = 128;
  row.tokens_per_second = 400;
  row.power_watts = 200;
  row.power_scope = "gpu_nvml";
  change(row);
  result.resolved = resolver.resolve(row);
  return result;
}

TEST(EnergyRow, IsPowerOverTheMeasuredStep) {
  const Measured m = measured([](DecodeRow&) {});
  const auto energy = energy_row_of(m.resolved, library().formats);
  ASSERT_TRUE(energy);
  EXPECT_DOUBLE_EQ(energy->seconds, 1.0 / 400);
  EXPECT_DOUBLE_EQ(energy->joules, 0.5);
  EXPECT_EQ(energy->loads.contexts.front()[ops::Attribute::Scope], "gpu");
}

TEST(EnergyRow, TakesJoulesATokenWhereTheyAreStated) {
  const Measured m = measured([](DecodeRow& row) {
    row.batch = 4;
    row.joules_per_token = 0.25;
  });
  EXPECT_DOUBLE_EQ(energy_row_of(m.resolved, library().formats)->joules, 1.0);
}

TEST(EnergyRow, NeedsAReadingAndItsScope) {
  const auto none = measured([](DecodeRow& row) { row.power_watts.reset(); });
  EXPECT_FALSE(energy_row_of(none.resolved, library().formats));
  const auto unsaid = measured([](DecodeRow& row) { row.power_scope.clear(); });
  EXPECT_FALSE(energy_row_of(unsaid.resolved, library().formats));
}

TEST(EnergyRow, AServersMeanStepIsThatOfItsThroughput) {
  const Measured m = measured([](DecodeRow& row) {
    row.batch = 8;
    row.tokens_per_second = 800;
    row.seconds_per_token = 0.009;  // a median, which meets no prompts
    row.time_kind = TimeKind::Median;
    row.prefill_tokens = 100;
  });
  EXPECT_DOUBLE_EQ(energy_row_of(m.resolved, library().formats)->seconds, 0.01);
  EXPECT_TRUE(energy_counts(m.resolved));
}

TEST(EnergyRow, ServedRowsCountOnlyWithTheirPrompts) {
  const Measured m = measured([](DecodeRow& row) { row.time_kind = TimeKind::Mean; });
  EXPECT_FALSE(energy_counts(m.resolved));
}

TEST(EnergyRow, LabelsOfTimesDoNotAllMatterToEnergy) {
  const auto labelled = [](const char* label, const char* parallelism = "") {
    return energy_counts(measured([&](DecodeRow& row) {
                           row.label = label;
                           row.parallelism = parallelism;
                         }).resolved);
  };
  EXPECT_TRUE(labelled(""));
  EXPECT_TRUE(labelled("combined-rate"));
  EXPECT_TRUE(labelled("throttled"));
  EXPECT_TRUE(labelled("power-capped"));
  EXPECT_TRUE(labelled("multi-device", "ep8"));
  EXPECT_FALSE(labelled("multi-device", "pp2"));
  EXPECT_FALSE(labelled("speculative"));
  EXPECT_FALSE(labelled("unusable"));
  EXPECT_FALSE(labelled("doubtful"));
  EXPECT_FALSE(labelled("understated-energy"));
}

TEST(EnergyRow, TheFitSeesTheLaw) {
  const Measured m = measured([](DecodeRow&) {});
  const EnergyRow energy = *energy_row_of(m.resolved, library().formats);
  DesignBuilder builder(library().laws.at("energy"));
  const FitRow row = builder.energy_row(energy.loads, energy.joules, 1.0);
  const std::vector<double> at_prior(builder.design().names.size(), 0.0);
  std::vector<double> gradient;
  const double ln = ln_predicted(row, at_prior, &gradient);
  // 100 W idle over the measured 2.5 ms, four times the memory device's joules, and operations.
  double joules = 100.0 / 400;
  for (const sim::EnergyLoad& load : energy.loads.loads) {
    if (load.term == ops::EnergyTerm::Byte) joules += 4 * load.amount;
    if (load.term == ops::EnergyTerm::Flop) joules += load.amount;
  }
  EXPECT_NEAR(std::exp(ln), joules, 1e-9);
  for (std::size_t c = 0; c < row.coefficients.size(); ++c) {
    FitRow up = row;
    FitRow down = row;
    constexpr double kStep = 1e-6;
    up.coefficients[c].ln_prior += kStep;
    down.coefficients[c].ln_prior -= kStep;
    const double slope =
        (ln_predicted(up, at_prior, nullptr) - ln_predicted(down, at_prior, nullptr)) / (2 * kStep);
    EXPECT_NEAR(gradient[c], slope, 1e-6) << c;
  }
}

// What lasts grows with the time: idling, waiting, the machine around, and what a cap lets through.
TEST(EnergyRow, TheElasticityIsTheSlopeOverTime) {
  const Measured plain = measured([](DecodeRow&) {});
  const Measured wall = measured([](DecodeRow& row) { row.power_scope = "wall"; });
  for (const ResolvedRow* resolved : {&plain.resolved, &wall.resolved}) {
    const EnergyRow energy = *energy_row_of(*resolved, library().formats);
    DesignBuilder builder(library().laws.at("energy"));
    const auto row_at = [&](double seconds) {
      const EnergyRow other = at_predicted_time(energy, seconds, library().formats);
      EXPECT_TRUE(other.predicted_time);
      EXPECT_DOUBLE_EQ(other.joules, energy.joules);
      return builder.energy_row(other.loads, other.joules, 1.0);
    };
    constexpr double kStep = 1e-6;
    const FitRow row = row_at(energy.seconds);
    const FitRow longer = row_at(energy.seconds * std::exp(kStep));
    const std::vector<double> at_prior(builder.design().names.size(), 0.0);
    const double slope =
        (ln_predicted(longer, at_prior, nullptr) - ln_predicted(row, at_prior, nullptr)) / kStep;
    EXPECT_NEAR(time_elasticity(row, at_prior), slope, 1e-5);
    EXPECT_GT(slope, 0.1);
    EXPECT_LT(slope, 0.99);
  }
}

TEST(EnergyRow, TheGradientHoldsUnderACapToo) {
  const Measured m = measured([](DecodeRow&) {});
  EnergyRow energy = *energy_row_of(m.resolved, library().formats);
  energy.loads.rated = energy.joules / 2;  // of the order of the sum: the cap is felt
  DesignBuilder builder(library().laws.at("energy"));
  const FitRow row = builder.energy_row(energy.loads, energy.joules, 1.0);
  ASSERT_GE(row.cap, 0);
  const std::vector<double> at_prior(builder.design().names.size(), 0.0);
  std::vector<double> gradient;
  ln_predicted(row, at_prior, &gradient);
  double sum = 0;
  for (const double g : gradient) sum += g;
  // All prices doubled, the cap's too, double the energy; the scope's doubles it once more.
  EXPECT_NEAR(sum, 2.0, 1e-9);
  EXPECT_GT(gradient[static_cast<std::size_t>(row.cap)], 0.01);
}

}  // namespace
}  // namespace foretoken::calibrate
