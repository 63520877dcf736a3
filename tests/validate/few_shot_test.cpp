#include "validate/few_shot.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text_file.h"
#include "calibrate/few_shot.h"
#include "calibrate/run.h"
#include "tests/calibrate/planted.h"
#include "tests/support/thrown.h"

namespace foretoken::validate {
namespace {

using test::PlantedWorld;
using testing::HasSubstr;

const PlantedWorld& world() {
  static const PlantedWorld* const planted = [] {
    static PlantedWorld made(815);
    made.write_rows(made.measure(made.training()));
    return &made;
  }();
  return *planted;
}

FewShotCard shots(const std::vector<std::size_t>& counts, int threads = 2) {
  return few_shot(world().library(), {world().path()}, counts, {.threads = threads});
}

TEST(FewShot, ScoresTheRowsThatWereNotGivenBack) {
  const FewShotCard card = shots({0, 4, 100});
  ASSERT_EQ(card.lines.size(), 2u);  // the pool and all
  EXPECT_EQ(card.lines[0].pool, "forge");
  EXPECT_EQ(card.lines[1].pool, "all");
  const auto& cells = card.lines[0].cells;
  EXPECT_EQ(cells[0].devices, static_cast<std::size_t>(PlantedWorld::kDevices));
  EXPECT_EQ(cells[0].rows, 12u * PlantedWorld::kDevices);
  EXPECT_EQ(cells[1].rows, 8u * PlantedWorld::kDevices);
  EXPECT_EQ(cells[2].devices, 0u);  // no device has so many
  EXPECT_EQ(card.lines[0].same_devices[0].devices, 0u);
}

TEST(FewShot, WithoutRowsItIsLeaveOneDeviceOut) {
  const FewShotCard card = shots({0});
  const Scorecard left_out = leave_one_out(world().library(), {world().path()},
                                           {.leave_out = "device", .group_by = {"device"}});
  std::vector<double> medians;
  for (const Group& group : left_out.groups) medians.push_back(group.metrics.median_ape);
  std::sort(medians.begin(), medians.end());
  ASSERT_EQ(medians.size(), 12u);
  EXPECT_NEAR(card.lines[0].cells[0].median_error, 0.5 * (medians[5] + medians[6]), 1e-9);
}

TEST(FewShot, RowsHelpADeviceThatIsUnlikeItsClass) {
  const calibrate::Dataset data = calibrate::read_dataset(world().library(), {world().path()});
  const auto results = calibrate::few_shot({{&data.pools.at("forge"), {}}}, {0, 4},
                                           calibrate::kFoldSettings, 2, nullptr);
  ASSERT_EQ(results.size(), 2u * PlantedWorld::kDevices);
  double worst = 0;
  double helped = 0;
  for (std::size_t i = 0; i < results.size(); i += 2) {
    EXPECT_EQ(results[i].device, results[i + 1].device);
    EXPECT_EQ(results[i].shots, 0u);
    EXPECT_EQ(results[i + 1].shots, 4u);
    if (results[i].median_error < worst) continue;
    worst = results[i].median_error;
    helped = results[i + 1].median_error;
  }
  EXPECT_GT(worst, 0.05);
  EXPECT_LT(helped, 0.6 * worst);
}

TEST(FewShot, IsTheSameOnAnyNumberOfThreads) {
  const FewShotCard one = shots({1, 4}, 1);
  const FewShotCard two = shots({1, 4}, 2);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(one.lines[0].cells[i].median_error, two.lines[0].cells[i].median_error);
  }
}

// What is given back of one device with kernels; that they help is the data's business.
TEST(FewShot, GivesKernelsBackWhereADeviceHasThem) {
  PlantedWorld planted(815);
  planted.write_rows(planted.measure(planted.training()));
  std::string kernels = "row_id,source,device,runtime,op,weight_format,m,n,k,latency_us\n";
  for (int i = 0; i < 6; ++i) {
    kernels += "k" + std::to_string(i) + ",bench," + PlantedWorld::device(0) +
               ",plain,gemm,F16,1," + std::to_string(40000 + 100 * i) + ",40000,12000\n";
  }
  std::filesystem::create_directories(planted.path() + "/measurements/kernels");
  write_text_file(planted.path() + "/measurements/kernels/planted.csv", kernels);
  const FewShotCard card = few_shot(planted.library(), {planted.path()}, {0, 2}, {.threads = 2});
  ASSERT_EQ(card.kernel_lines.size(), 3U);
  using calibrate::Given;
  const std::array<Given, 3> given{Given::Steps, Given::Kernels, Given::Both};
  for (std::size_t i = 0; i < given.size(); ++i) {
    EXPECT_EQ(card.kernel_lines[i].pool, "forge");
    EXPECT_EQ(card.kernel_lines[i].given, given[i]);
    EXPECT_EQ(card.kernel_lines[i].cells[0].devices, 1U);
    EXPECT_EQ(card.kernel_lines[i].cells[0].rows, 12U);
    EXPECT_EQ(card.kernel_lines[i].cells[1].rows, 10U);
    EXPECT_EQ(card.kernel_lines[i].cells[0].median_error,
              card.kernel_lines[0].cells[0].median_error);
  }
  EXPECT_NE(card.kernel_lines[1].cells[1].median_error, card.kernel_lines[1].cells[0].median_error);
  EXPECT_NE(card.kernel_lines[2].cells[1].median_error, card.kernel_lines[0].cells[1].median_error);
  // Lines of rows alone have all devices, as without any kernel.
  EXPECT_EQ(card.lines[0].cells[1].devices, static_cast<std::size_t>(PlantedWorld::kDevices));
}

TEST(FewShot, RefusesAPoolWithoutRows) {
  EXPECT_THAT(test::error_of([] {
                few_shot(world().library(), {world().path()}, {1}, {.pools = {"anvils"}});
              }),
              HasSubstr("'anvils'"));
}

}  // namespace
}  // namespace foretoken::validate
