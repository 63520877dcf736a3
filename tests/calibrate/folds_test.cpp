#include "calibrate/folds.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "calibrate/row_keys.h"
#include "calibrate/row_model.h"
#include "calibrate/run.h"
#include "tests/calibrate/planted.h"

namespace foretoken::calibrate {
namespace {

using test::PlantedWorld;

/// The rows of a planted world as a dataset.
struct Folded {
  Folded() {
    world.write_rows(world.measure(world.training()));
    data = read_dataset(world.library(), {world.path()});
  }
  const PoolData& pool() const { return data.pools.at("forge"); }
  std::vector<std::string> keys(std::string (*key)(const PoolRow&)) const {
    std::vector<std::string> all;
    for (const PoolRow& row : pool().rows) all.push_back(key(row));
    return all;
  }
  PlantedWorld world{11};
  Dataset data;
};

const Folded& folded() {
  static const Folded once;
  return once;
}

HeldOut run(const std::vector<std::string>& keys, int threads = 2) {
  return predict_held_out({{&folded().pool(), keys, {}}}, kFoldSettings, threads, nullptr).front();
}

TEST(GroupedKeys, MakeAtMostSoManyGroups) {
  const std::vector<std::string> keys{"a", "b", "", "c", "a", "d", "e"};
  const auto grouped = grouped_keys(keys, 2);
  ASSERT_EQ(grouped.size(), keys.size());
  EXPECT_EQ(grouped[0], grouped[4]);  // one key is never split
  EXPECT_EQ(grouped[2], "");
  std::set<std::string> distinct(grouped.begin(), grouped.end());
  distinct.erase("");
  EXPECT_EQ(distinct.size(), 2u);
  const auto own = grouped_keys(keys, 100);
  EXPECT_EQ(std::set<std::string>(own.begin(), own.end()).size(), 6u);  // five keys and ""
}

TEST(PredictHeldOut, PredictsEveryKeyedRowByAFitWithoutItsKey) {
  const PoolData& pool = folded().pool();
  const std::vector<std::string> keys = folded().keys(device_key);
  const HeldOut held = run(keys);
  EXPECT_EQ(held.folds, static_cast<std::size_t>(PlantedWorld::kDevices));
  std::vector<std::uint8_t> included = fitted_flags(pool);
  for (std::size_t i = 0; i < keys.size(); ++i) included[i] = keys[i] == "device-3" ? 0 : 1;
  const Fit fit = fit_pool(pool.design(), pool.fit_rows, included, {}, kFoldSettings, false);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (keys[i] != "device-3") continue;
    EXPECT_EQ(held.ln_predicted[i], ln_predicted(pool.fit_rows[i], fit.parameters, nullptr));
  }
}

TEST(PredictHeldOut, AHeldOutDeviceInheritsItsClass) {
  const PoolData& pool = folded().pool();
  const std::vector<std::string> keys = folded().keys(device_key);
  std::vector<std::uint8_t> included = fitted_flags(pool);
  for (std::size_t i = 0; i < keys.size(); ++i) included[i] = keys[i] == "device-3" ? 0 : 1;
  const Fit fit = fit_pool(pool.design(), pool.fit_rows, included, {}, kFoldSettings, false);
  const auto& names = pool.design().names;
  bool own = false;
  bool kin = false;
  for (std::size_t p = 0; p < names.size(); ++p) {
    if (names[p] == "gemm.dram[device=device-3]") {
      EXPECT_EQ(fit.parameters[p], 0.0);
      EXPECT_EQ(fit.rows[p], 0.0);
      own = true;
    }
    if (names[p] == "gemm.dram[architecture=Iron-I1]") {
      EXPECT_EQ(fit.rows[p], 36);  // of the three devices like it
      kin = true;
    }
  }
  EXPECT_TRUE(own && kin);
}

TEST(PredictHeldOut, RowsWithoutAKeyOnlyTrain) {
  std::vector<std::string> keys = folded().keys(device_key);
  for (std::string& key : keys) key = key == "device-0" ? key : "";
  const HeldOut held = run(keys);
  EXPECT_EQ(held.folds, 1u);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    EXPECT_EQ(std::isnan(held.ln_predicted[i]), keys[i].empty()) << i;
  }
}

TEST(PredictHeldOut, IsTheSameBitsOnOneThreadAndOnTwo) {
  const std::vector<std::string> keys = grouped_keys(folded().keys(model_key), 3);
  const HeldOut one = run(keys, 1);
  const HeldOut two = run(keys, 2);
  EXPECT_EQ(one.ln_predicted, two.ln_predicted);
  EXPECT_EQ(one.below, two.below);
  EXPECT_EQ(one.ln_width, two.ln_width);
  EXPECT_EQ(run(keys, 2).ln_predicted, two.ln_predicted);
}

TEST(PredictHeldOut, IsCloseWhereItMayBe) {
  // A model left out on a known device: the noise of a row is 3 %.
  const HeldOut held = run(folded().keys(model_key));
  std::vector<double> errors;
  for (std::size_t i = 0; i < held.ln_predicted.size(); ++i) {
    errors.push_back(std::abs(held.ln_predicted[i] - folded().pool().fit_rows[i].ln_seconds));
  }
  std::sort(errors.begin(), errors.end());
  EXPECT_LT(errors[errors.size() / 2], 0.05);
  EXPECT_GT(errors[errors.size() / 2], 0.005);
}

TEST(PredictHeldOut, TellsHowFarItIs) {
  const std::vector<std::string> keys = grouped_keys(folded().keys(model_key), 2);
  std::atomic<std::size_t> calls{0};
  std::atomic<std::size_t> last{0};
  predict_held_out({{&folded().pool(), keys, {}}}, kFoldSettings, 1,
                   [&](std::size_t done, std::size_t all) {
                     ++calls;
                     last = done;
                     EXPECT_EQ(all, 2u);
                   });
  EXPECT_EQ(calls, 2u);
  EXPECT_EQ(last, 2u);
}

TEST(Keys, NameWhatIsLeftOut) {
  const PoolRow& row = folded().pool().rows.front();
  EXPECT_EQ(device_key(row), "device-0");
  EXPECT_EQ(model_key(row), "tiny");
  EXPECT_EQ(source_key(row), "bench");
  EXPECT_EQ(shape_key(row), "");
}

}  // namespace
}  // namespace foretoken::calibrate
