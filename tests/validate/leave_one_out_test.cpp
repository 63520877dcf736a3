#include <cmath>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/calibrate/planted.h"
#include "tests/support/thrown.h"
#include "validate/run.h"

namespace foretoken::validate {
namespace {

using test::PlantedWorld;
using testing::AllOf;
using testing::HasSubstr;

const PlantedWorld& world() {
  static const PlantedWorld* const planted = [] {
    static PlantedWorld made(4711);
    made.write_rows(made.measure(made.training()));
    return &made;
  }();
  return *planted;
}

Scorecard leave_out(const std::string& what, int threads = 2) {
  return leave_one_out(world().library(), {world().path()},
                       {.leave_out = what, .group_by = {"pool", "model"}, .threads = threads});
}

TEST(LeaveOneOut, LeavesEachDeviceOutOnce) {
  const Scorecard card = leave_out("device");
  EXPECT_EQ(card.leave_out, "device");
  EXPECT_EQ(card.rows, world().training().size());
  EXPECT_EQ(card.predicted, card.rows);
  EXPECT_EQ(card.folds, static_cast<std::size_t>(PlantedWorld::kDevices));
  EXPECT_TRUE(card.skipped.empty());
  EXPECT_TRUE(card.operators.empty());
  ASSERT_EQ(card.groups.size(), 5u);  // four models and the pool
  EXPECT_EQ(card.groups.back().key, "pool=forge");
}

TEST(LeaveOneOut, FindsWhatCanBeKnownOfAnUnseenDevice) {
  // A device's own share of bandwidth varies by 10 % and a row by 3 %; the rest is in other rows.
  const Scorecard card = leave_out("device");
  EXPECT_LT(card.all.median_ape, 0.10);
  EXPECT_GT(card.all.median_ape, 0.005);
  EXPECT_GT(card.kendall_tau, 0.8);
  EXPECT_GT(card.all.coverage[2], 0.75);
  EXPECT_LT(card.all.coverage[0], 0.8);
}

TEST(LeaveOneOut, BeatsEveryBaselineWhereTheLawIsTrue) {
  const Scorecard card = leave_out("device");
  for (int b = 0; b < kBaselines; ++b) {
    const Metrics& baseline = card.baselines[static_cast<std::size_t>(b)];
    EXPECT_EQ(baseline.rows, card.predicted);
    EXPECT_LT(card.all.median_ape, 0.7 * baseline.median_ape) << baseline_name(b);
  }
}

TEST(LeaveOneOut, AKnownDeviceIsPredictedBetter) {
  const Scorecard device = leave_out("device");
  const Scorecard pair = leave_out("pair");
  EXPECT_EQ(pair.folds, 48u);  // 12 devices with 4 models
  EXPECT_LT(pair.all.median_ape, device.all.median_ape);
  EXPECT_LT(pair.all.median_ape, 0.06);
}

TEST(LeaveOneOut, IsTheSameOnAnyNumberOfThreads) {
  const Scorecard one = leave_out("model", 1);
  const Scorecard two = leave_out("model", 2);
  EXPECT_EQ(one.all.mape, two.all.mape);
  EXPECT_EQ(one.all.coverage, two.all.coverage);
  EXPECT_EQ(one.folds, 4u);
}

TEST(LeaveOneOut, WithAllOfASourceLeftOutOnlyThePriorIsLeft) {
  const Scorecard card = leave_out("source");
  EXPECT_EQ(card.folds, 1u);
  EXPECT_GT(card.all.median_ape, leave_out("device").all.median_ape);
}

TEST(LeaveOneOut, BaselinesAreFittedWithoutWhatIsLeftOut) {
  const test::InventedData data;
  std::string rows = "row_id,device,runtime,model,weight_format,context_start,gen_tokens,tpot_ms\n";
  // 220 MB a step: 0.22 and 0.11 ms at peak. The one machine reaches half of it, the other a
  // quarter.
  for (int i = 0; i < 5; ++i) {
    rows += "a,anvil,plain,tenfold,half,934,128,0.44\n";
    rows += "b,bigger-anvil,plain,tenfold,half,934,128,0.44\n";
  }
  data.write("measurements/decode_two.csv", rows);
  const Scorecard card =
      leave_one_out(data.library(), {data.path()}, {.group_by = {"device"}, .threads = 1});
  ASSERT_EQ(card.groups.size(), 2u);
  // Each is predicted at the share of peak that the other reached.
  EXPECT_NEAR(card.groups[0].baselines[1].mape, 1.0, 1e-6);
  EXPECT_NEAR(card.groups[1].baselines[1].mape, 0.5, 1e-6);
  EXPECT_NEAR(card.groups[0].baselines[0].mape, 0.5, 1e-6);  // at peak
  EXPECT_NEAR(card.groups[1].baselines[0].mape, 0.75, 1e-6);
}

TEST(LeaveOneOut, RefusesWhatItCannotLeaveOut) {
  EXPECT_THAT(test::error_of([] { leave_out("colour"); }),
              AllOf(HasSubstr("'colour'"), HasSubstr("device, model, pair or source")));
}

}  // namespace
}  // namespace foretoken::validate
