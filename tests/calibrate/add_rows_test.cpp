#include "calibrate/add_rows.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calibrate/folds.h"
#include "calibrate/row_model.h"
#include "calibrate/run.h"
#include "ops/coefficient_file.h"
#include "sim/step_cost.h"
#include "tests/calibrate/planted.h"
#include "tests/support/thrown.h"

namespace foretoken::calibrate {
namespace {

using test::PlantedWorld;
using ::testing::HasSubstr;

/// Rows of twelve devices, fitted and written; new devices wait for theirs.
struct Shipped {
  Shipped() {
    world.write_rows(world.measure(world.training()));
    const Calibration shipped = calibrate(world.library(), {world.path()}, {.threads = 2});
    std::filesystem::create_directories(world.path() + "/coefficients");
    ops::write_coefficients(world.path() + "/coefficients/all.h5", shipped.coefficients, {});
    library = sim::read_library({world.path()});
  }
  /// A measured row of a device in the product's own terms.
  DecodeRow row(const test::Case& which) {
    DecodeRow row;
    row.row_id = which.device + which.model + which.scheme;
    row.source = "me";
    row.device = which.device;
    row.runtime = "plain";
    row.model = which.model;
    row.weight_format = which.scheme;
    row.build_year = 2025.0;
    row.context_start = which.context;
    row.gen_tokens = 128;
    row.seconds_per_token = world.measured(which);
    return row;
  }
  /// ln seconds of a large model there, as coefficients have it.
  double predicted(const std::string& device, const ops::CoefficientTable& coefficients) const {
    const sim::Request request = world.request({device, "large", "half", "2025-05", 0});
    const auto weights = library.schemes.assign(request.scheme, *request.llm, library.formats);
    const auto loads = sim::mean_step_loads(request, weights, library.formats);
    return std::log(sim::step_cost(loads, {.pool = coefficients.find("forge")}).time.base());
  }
  double off(const std::string& device) const {
    return predicted(device, library.coefficients) -
           std::log(world.seconds({device, "large", "half", "2025-05", 0}));
  }
  /// The new device that is least like its class.
  std::string oddest() const {
    int odd = 0;
    const auto far = [&](int i) { return std::abs(off(PlantedWorld::new_device(i))); };
    for (int i = 1; i < PlantedWorld::kNewDevices; ++i) {
      if (far(i) > far(odd)) odd = i;
    }
    return PlantedWorld::new_device(odd);
  }
  Addition add(const AddedRows& rows) {
    return add_rows(library, {world.path()}, rows, {.threads = 2});
  }
  PlantedWorld world{815};
  sim::Library library;
};

Shipped& shipped() {
  static Shipped once;
  return once;
}

AddedRows rows_of(const std::string& device, std::size_t count) {
  AddedRows added{.decode = {}, .kernels = {}, .hash = "test"};
  std::vector<test::Case> cases = shipped().world.training();
  constexpr std::size_t kOfOne = 12;  // models and formats of one device, the largest model last
  cases.resize(kOfOne);
  cases.erase(cases.begin(), cases.end() - static_cast<std::ptrdiff_t>(count));
  for (test::Case& which : cases) {
    which.device = device;
    added.decode.push_back(shipped().row(which));
  }
  return added;
}

TEST(AddRows, ADeviceMovesAndItsIntervalNarrows) {
  const Addition addition = shipped().add(rows_of(shipped().oddest(), 3));
  ASSERT_EQ(addition.changes.size(), 1U);
  const DeviceChange& change = addition.changes.front();
  EXPECT_EQ(change.pool, "forge");
  EXPECT_EQ(change.device, shipped().oddest());
  EXPECT_EQ(change.steps, 3U);
  EXPECT_EQ(change.kernels, 0U);
  EXPECT_GT(change.error_before, 0.05);
  EXPECT_LT(change.error_after, 0.5 * change.error_before);
  EXPECT_LT(change.width_after, change.width_before);
  EXPECT_LT(change.mean_width_after, change.mean_width_before);
  EXPECT_TRUE(addition.left_out.empty());
}

TEST(AddRows, TheClassMovesLittleAndInTheSameDirection) {
  const std::string odd = shipped().oddest();
  const Addition addition = shipped().add(rows_of(odd, 2));
  const auto moved = [&](const std::string& device) {
    return shipped().predicted(device, addition.coefficients) -
           shipped().predicted(device, shipped().library.coefficients);
  };
  EXPECT_GT(std::abs(moved(odd)), 0.5 * std::abs(shipped().off(odd)));
  EXPECT_LT(moved(odd) * shipped().off(odd), 0.0);
  for (int i = 0; i < PlantedWorld::kNewDevices; ++i) {
    const std::string other = PlantedWorld::new_device(i);
    if (other == odd) continue;
    EXPECT_LT(std::abs(moved(other)), 0.5 * std::abs(moved(odd))) << other;
  }
}

TEST(AddRows, OtherPoolsAreKeptBitForBit) {
  sim::Library library = sim::read_library({shipped().world.path()});
  ops::PoolCoefficients other{.law = library.laws.at("bellows")};
  other.parameters["gemm.dram"] = {0.1234567890123456789, 0.02, 7, {0.25F}};
  other.uncertainty.spreads["gemm.core[format]"] = 0.3;
  other.rows = 7;
  library.coefficients.add(other);
  const Addition addition =
      add_rows(library, {shipped().world.path()}, rows_of(shipped().oddest(), 1), {.threads = 1});
  const ops::PoolCoefficients& kept = *addition.coefficients.find("bellows");
  EXPECT_EQ(kept.parameters.at("gemm.dram").value, 0.1234567890123456789);
  EXPECT_EQ(kept.parameters.at("gemm.dram").draws, std::vector<float>{0.25F});
  EXPECT_EQ(kept.uncertainty.spreads.at("gemm.core[format]"), 0.3);
  EXPECT_EQ(kept.rows, 7);
}

TEST(AddRows, RowsThatAreThereAlreadyOrCannotBeUsedAreLeftOutWithTheReason) {
  AddedRows rows = rows_of(shipped().oddest(), 1);
  rows.decode.push_back(rows.decode.front());
  rows.decode.push_back(rows.decode.front());
  rows.decode.back().row_id = "x";
  rows.decode.back().model = "nobody";
  rows.decode.push_back(rows.decode.front());
  rows.decode.back().row_id = "y";
  rows.decode.back().label = "throttled";
  const Addition addition = shipped().add(rows);
  EXPECT_EQ(addition.changes.front().steps, 1U);
  std::vector<std::string> reasons;
  for (const LeftOut& left_out : addition.left_out) reasons.push_back(left_out.reason);
  EXPECT_THAT(reasons,
              ::testing::UnorderedElementsAre("known already: the data folders or another row",
                                              "unknown model 'nobody'", "labelled throttled"));
}

TEST(AddRows, KernelsOfOneOperatorShareTheirWeight) {
  AddedRows added{.decode = {}, .kernels = {}, .hash = "test"};
  for (int i = 0; i < 4; ++i) {
    KernelRow row;
    row.row_id = "k" + std::to_string(i);
    row.source = "me";
    row.device = PlantedWorld::new_device(0);
    row.runtime = "plain";
    row.op = "gemm";
    row.weight_format = "F16";
    row.n = 4096;
    row.k = 1024.0 * (i + 1);
    row.latency_seconds = 1e-4 * (i + 1);
    added.kernels.push_back(row);
  }
  const Dataset data = read_dataset(shipped().library, {shipped().world.path()}, added);
  const PoolData& pool = data.pools.at("forge");
  int kernels = 0;
  for (std::size_t i = 0; i < pool.rows.size(); ++i) {
    if (pool.rows[i].kernel == nullptr) continue;
    ++kernels;
    EXPECT_TRUE(pool.rows[i].added);
    EXPECT_DOUBLE_EQ(pool.fit_rows[i].weight, 0.5);
  }
  EXPECT_EQ(kernels, 4);
  EXPECT_EQ(shipped().add(added).changes.front().kernels, 4U);
}

TEST(AddRows, NothingIsFittedToRowsWithoutAUse) {
  AddedRows rows = rows_of(shipped().oddest(), 1);
  rows.decode.front().model = "nobody";
  EXPECT_TRUE(shipped().add(rows).changes.empty());
}

TEST(AddRows, RefusesToForgetTheRowsBehindAPool) {
  const test::TempFolder empty;
  EXPECT_THAT(test::error_of([&] {
                add_rows(shipped().library, {empty.path()}, rows_of(shipped().oddest(), 1), {});
              }),
              HasSubstr("the coefficients of pool 'forge' come from"));
}

TEST(AddRows, SaysWhatToMeasureNext) {
  const Addition addition = shipped().add(rows_of(shipped().oddest(), 1));
  const DeviceChange& change = addition.changes.front();
  ASSERT_EQ(change.next.size(), 1U);  // one tool
  EXPECT_THAT(change.next[0].command, HasSubstr("plain-bench "));
  EXPECT_LT(change.next_width[0], change.mean_width_after);
  EXPECT_GT(change.next_width[0], 0.0);
}

// What the rows leave unsaid is named; what they settle is not.
TEST(AddRows, NamesCoefficientsThatRowsLeaveAlone) {
  const Addition one = shipped().add(rows_of(shipped().oddest(), 8));
  for (const Unidentified& each : one.changes.front().unidentified) {
    EXPECT_NE(each.coefficient, "gemm.dram");
    EXPECT_GE(each.left, 0.7);
    EXPECT_LE(each.left, 1.0 + 1e-9);
  }
}

TEST(AddRows, IsTheSameOnAnyNumberOfThreads) {
  const AddedRows rows = rows_of(shipped().oddest(), 2);
  const auto with = [&](int threads) {
    return add_rows(shipped().library, {shipped().world.path()}, rows, {.threads = threads});
  };
  const Addition one = with(1);
  const Addition two = with(2);
  EXPECT_EQ(one.changes[0].error_after, two.changes[0].error_after);
  EXPECT_EQ(one.changes[0].next_width, two.changes[0].next_width);
}

// The update that ranks measurements is what the posterior becomes once they are made.
TEST(NextMeasurement, ForetellsThePosteriorWithTheRow) {
  const Dataset data = read_dataset(shipped().library, {shipped().world.path()});
  const PoolData& pool = data.pools.at("forge");
  std::vector<std::uint8_t> included = fitted_flags(pool);
  const Fit fit = fit_pool(pool.design(), pool.fit_rows, included, {}, {}, true);
  const Scales scales{.spreads = fit.spreads, .noise = fit.noise};
  std::vector<FitRow> rows = pool.fit_rows;
  for (std::size_t i = 0; i < rows.size(); ++i) included[i] = i % 17 == 16 ? 1 : 0;
  // A row that comes out as predicted, so that the robust loss lets it weigh in full.
  constexpr std::size_t kLarge = 8;
  FitRow& measured = rows[kLarge];
  measured.ln_seconds = ln_predicted(measured, fit.parameters, nullptr);
  measured.weight = 1.0;
  const double noise = fit.noise[static_cast<std::size_t>(measured.source)];
  const std::vector<FitRow> questions{rows[7], rows[8]};
  const Posterior before(rows, included, scales, fit.parameters);
  const auto foretold = narrowings(
      before, questions,
      {{.tool = "t", .command = "c", .what = "w", .rows = {measured}, .noise = noise}}, noise);
  included[kLarge] = 1;
  const Posterior after(rows, included, scales, fit.parameters);
  const std::vector<double> wide = before.covariance(questions);
  const std::vector<double> narrow = after.covariance(questions);
  double factor = 0;
  for (const std::size_t i : {0U, 3U}) {
    factor += 0.5 * std::sqrt((narrow[i] + noise * noise) / (wide[i] + noise * noise));
  }
  ASSERT_EQ(foretold.size(), 1U);
  EXPECT_NEAR(foretold[0].factor, factor, 1e-9);
  EXPECT_LT(factor, 0.98);
}

TEST(NextMeasurement, TheMoreTellingOneComesFirst) {
  const Dataset data = read_dataset(shipped().library, {shipped().world.path()});
  const PoolData& pool = data.pools.at("forge");
  std::vector<std::uint8_t> included = fitted_flags(pool);
  for (std::size_t i = 0; i < 12; ++i) included[i] = 0;
  const Fit fit = fit_pool(pool.design(), pool.fit_rows, included, {}, {}, true);
  const Posterior posterior(pool.fit_rows, included, {.spreads = fit.spreads, .noise = fit.noise},
                            fit.parameters);
  const auto candidate = [&](std::vector<FitRow> rows) {
    return Candidate{.tool = "t", .command = "c", .what = "w", .rows = std::move(rows)};
  };
  const FitRow& own = pool.fit_rows[11];
  const FitRow& foreign = pool.fit_rows.back();
  const auto order =
      narrowings(posterior, {pool.fit_rows[8]},
                 {candidate({foreign}), candidate({own}), candidate({own, own, own})}, 0.03);
  EXPECT_EQ(order[0].candidate, 2U);
  EXPECT_EQ(order[1].candidate, 1U);
  EXPECT_EQ(order[2].candidate, 0U);
  EXPECT_LE(order[2].factor, 1.0);
}

}  // namespace
}  // namespace foretoken::calibrate
