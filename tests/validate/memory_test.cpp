#include "validate/memory.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "validate/sustained.h"

namespace foretoken::validate {
namespace {

const sim::Library& shipped() {
  static const sim::Library library = sim::read_library({FORETOKEN_DATA_DIR});
  return library;
}

const MemoryCard& card_of(const std::string& leave_out) {
  static const MemoryCard by_model = validate_memory(shipped(), {FORETOKEN_DATA_DIR}, "model");
  static const MemoryCard by_device = validate_memory(shipped(), {FORETOKEN_DATA_DIR}, "device");
  return leave_out == "model" ? by_model : by_device;
}

/// Largest median error of the groups whose name begins so, of at least `least` rows.
double worst_median(const MemoryCard& card, const std::string& begins, std::size_t least) {
  double worst = 0.0;
  for (const MemoryGroup& group : card.groups) {
    if (group.name.starts_with(begins) && group.rows >= least) {
      worst = std::max(worst, group.median_ape);
    }
  }
  return worst;
}

TEST(Memory, TotalsOfHeldOutModelsAreWithinFivePercent) {
  const MemoryCard& card = card_of("model");
  EXPECT_GT(card.all.rows, 2000U);
  EXPECT_LT(card.all.median_ape, 0.01);
  EXPECT_LT(worst_median(card, "llama.cpp", 1), 0.05);
  EXPECT_LT(worst_median(card, "rkllm", 1), 0.05);
}

TEST(Memory, TotalsOfHeldOutDevicesAreWithinFivePercent) {
  const MemoryCard& card = card_of("device");
  EXPECT_LT(card.all.median_ape, 0.05);
  EXPECT_LT(worst_median(card, "rkllm", 1), 0.05);
}

TEST(Memory, NoRunThatDidNotFitIsSaidToFit) {
  const VerdictCheck& check = card_of("model").did_not;
  EXPECT_GE(check.runs, 20U);
  for (const WrongVerdict& run : check.wrong) ADD_FAILURE() << run.what;
}

TEST(Memory, NoRunThatFittedIsSaidNotTo) {
  const VerdictCheck& check = card_of("model").ran;
  EXPECT_GT(check.runs, 4000U);
  for (const WrongVerdict& run : check.wrong) {
    ADD_FAILURE() << run.what << ": " << run.predicted / 1e9 << " of " << run.capacity / 1e9;
  }
}

// Rows of full servers state more running requests than their pages hold at the mean length.
TEST(Memory, FewRunsOfServersAreSaidNotToFit) {
  const VerdictCheck& check = card_of("model").served;
  EXPECT_GT(check.runs, 400U);
  EXPECT_LE(static_cast<double>(check.wrong.size()), 0.02 * static_cast<double>(check.runs));
}

TEST(Sustained, ABudgetForetellsHowFarRatesFall) {
  const SustainedCard card = validate_sustained(shipped(), {FORETOKEN_DATA_DIR});
  EXPECT_EQ(card.curves.size(), 18U);
  EXPECT_GE(card.predicted, 15U);
  // Better than to take full speed for what lasts.
  EXPECT_LT(card.ratio_error, card.no_heat_error);
  EXPECT_LT(card.rate_error, card.full_speed_error);
}

}  // namespace
}  // namespace foretoken::validate
