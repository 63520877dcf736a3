#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/invented_data.h"
#include "tests/support/invented_energy.h"
#include "validate/run.h"

namespace foretoken::validate {
namespace {

constexpr const char* kColumns =
    "row_id,device,runtime,model,weight_format,context_start,gen_tokens,tpot_ms,power_w,"
    "power_scope,n_devices,parallelism,label\n";

/// The one machine takes 1 ms a step, the one of twice its bandwidth 4 ms.
Scorecard scored(const std::string& leave_out, bool predicted_time, const std::string& more = "") {
  const test::InventedData data;
  data.write("laws/energy.yaml", test::kEnergyLawText);
  std::string rows = kColumns;
  for (const char* source : {"1", "2", "3", "4", "5"}) {
    for (const char* device : {"anvil", "bigger-anvil"}) {
      rows += std::string(device) + source + "," + device + ",plain,tenfold,half,934,128," +
              (device[0] == 'a' ? "1" : "4") + ",150,gpu_nvml,1,,\n";
    }
  }
  data.write("measurements/decode_two.csv", rows + more);
  return leave_one_out(data.library(), {data.path()},
                       {.leave_out = leave_out,
                        .group_by = {"device"},
                        .operators = false,
                        .energy = true,
                        .predicted_time = predicted_time,
                        .threads = 1});
}

TEST(PredictedTime, ScoresTheSameRowsAtBothTimes) {
  const Scorecard measured = scored("device", false);
  const Scorecard predicted = scored("device", true);
  EXPECT_FALSE(measured.at_measured_time);
  EXPECT_EQ(predicted.predicted, 10u);
  ASSERT_TRUE(predicted.at_measured_time);
  // Rows at predicted time take part in no fit: the others are scored as without them.
  EXPECT_EQ(predicted.at_measured_time->rows, 10u);
  EXPECT_EQ(predicted.at_measured_time->mape, measured.all.mape);
  EXPECT_EQ(predicted.at_measured_time->width, measured.all.width);
}

TEST(PredictedTime, AnErrorOfTheTimeIsOneOfTheEnergy) {
  const Scorecard card = scored("device", true);
  ASSERT_EQ(card.groups.size(), 2u);
  // Each machine is foretold to be about as slow as the other: the first too slow, the second too
  // fast. What idles lasts as long.
  EXPECT_EQ(card.groups[0].key, "device=anvil");
  const Scorecard measured = scored("device", false);
  EXPECT_GT(card.groups[0].metrics.bias, measured.groups[0].metrics.bias + 0.1);
  EXPECT_LT(card.groups[1].metrics.bias, measured.groups[1].metrics.bias - 0.1);
  // And its doubt is one of the energy.
  EXPECT_GT(card.all.width, measured.all.width);
}

TEST(PredictedTime, SaysOfWhichRowsTheTimeIsNotKnown) {
  const std::string id = "experts";
  const Scorecard card = scored(
      "model", true, id + ",anvil,plain,tenfold,half,934,128,1,150,gpu_nvml,2,ep2,multi-device\n");
  EXPECT_EQ(card.predicted, 10u);
  ASSERT_EQ(card.skipped.size(), 1u);
  EXPECT_EQ(card.skipped[0].row_id, id);
  EXPECT_THAT(card.skipped[0].reason, testing::HasSubstr("experts"));
}

}  // namespace
}  // namespace foretoken::validate
