#include "sim/charge.h"

#include <gtest/gtest.h>

#include "sim/predict.h"
#include "tests/support/invented_data.h"
#include "tests/support/invented_energy.h"

namespace foretoken::sim {
namespace {

const Library& library() {
  static const test::InventedData kData;
  static const Library kLibrary = [] {
    kData.write("laws/energy.yaml", test::kEnergyLawText);
    return kData.library();
  }();
  return kLibrary;
}

Report on(const hwdb::Device& device, std::optional<Joules> battery = std::nullopt) {
  Request request = test::invented_request(library());
  request.device = &device;
  request.battery = battery;
  return predict(request, library());
}

hwdb::Device anvil() { return *library().devices.lookup("anvil"); }

hwdb::SustainedPower budget_of(double watts) {
  return {.budget = Watts::of(watts),
          .low = Watts::of(watts * 0.95),
          .high = Watts::of(watts * 1.05),
          .scope = "gpu",
          .delay = Seconds::of(20),
          .delay_low = Seconds::of(5),
          .delay_high = Seconds::of(30)};
}

/// Watts that leave this share of what full speed takes beyond idling.
double watts_at(double share) {
  const Report report = on(anvil());
  const double full = report.energy->power.point.base();
  const double idle = report.energy->split.idle / report.step.point / Watts::of(1.0);
  return idle + share * (full - idle);
}

TEST(Charge, NothingIsSaidOfADeviceWithoutBatteryAndBudget) {
  const Report report = on(anvil());
  EXPECT_FALSE(report.charge);
  EXPECT_FALSE(report.sustained);
}

TEST(Charge, TokensAreTheBatteryOverTheJoulesOfAToken) {
  hwdb::Device device = anvil();
  device.battery = {.energy = Joules::of(3600.0 * 50)};
  const Report report = on(device);
  ASSERT_TRUE(report.charge);
  EXPECT_DOUBLE_EQ(report.charge->tokens, 180000.0 / report.energy->per_token.point.base());
  EXPECT_LT(report.charge->tokens_lo, report.charge->tokens);
  EXPECT_GT(report.charge->tokens_hi, report.charge->tokens);
  EXPECT_FALSE(report.charge->sustained);
  // Battery over power.
  EXPECT_NEAR(report.charge->lasts.base(), 180000.0 / report.energy->power.point.base(), 1e-6);
}

TEST(Charge, TheQuestionsBatteryGoesBeforeTheFiles) {
  hwdb::Device device = anvil();
  device.battery = {.energy = Joules::of(1000)};
  EXPECT_DOUBLE_EQ(on(device, Joules::of(5000)).charge->battery.base(), 5000);
}

TEST(Sustained, ABudgetThatIsNotReachedChangesNothing) {
  hwdb::Device device = anvil();
  device.sustained = budget_of(1e4);
  const Report report = on(device);
  ASSERT_TRUE(report.sustained);
  EXPECT_FALSE(report.sustained->throttles);
  EXPECT_DOUBLE_EQ(report.sustained->rate.point.base(), report.rate.point.base());
}

TEST(Sustained, ABudgetStretchesTimeUntilItIsKept) {
  hwdb::Device device = anvil();
  const double budget = watts_at(0.6);
  device.sustained = budget_of(budget);
  device.battery = {.energy = Joules::of(1e5)};
  const Report report = on(device);
  ASSERT_TRUE(report.sustained);
  const SustainedReport& warm = *report.sustained;
  EXPECT_TRUE(warm.throttles);
  EXPECT_LT(warm.rate.point, report.rate.point);
  EXPECT_LT(warm.rate.lo, warm.rate.point);
  EXPECT_GE(warm.rate.hi, warm.rate.point);
  // Watts are joules a token times tokens a second.
  EXPECT_NEAR(warm.per_token.point.base() * warm.rate.point.base(), budget, 1e-6 * budget);
  EXPECT_DOUBLE_EQ(warm.delay.point.base(), 20);
  EXPECT_TRUE(report.charge->sustained);
  EXPECT_DOUBLE_EQ(report.charge->tokens, 1e5 / warm.per_token.point.base());
  EXPECT_NEAR(report.charge->lasts.base(), 1e5 / budget, 1e-3);
}

TEST(Sustained, ALowerBudgetIsNeverFaster) {
  hwdb::Device device = anvil();
  double before = 0.0;
  for (const double share : {0.2, 0.4, 0.6, 0.8, 1.0, 1.1}) {
    device.sustained = budget_of(watts_at(share));
    const Report report = on(device);
    ASSERT_TRUE(report.sustained) << share;
    EXPECT_GE(report.sustained->rate.point.base(), before) << share;
    before = report.sustained->rate.point.base();
  }
}

TEST(Sustained, ABudgetThatIdlingAloneTakesSaysNothing) {
  hwdb::Device device = anvil();
  device.sustained = budget_of(1.0);
  EXPECT_FALSE(on(device).sustained);
}

}  // namespace
}  // namespace foretoken::sim
