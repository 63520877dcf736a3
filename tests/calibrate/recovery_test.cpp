#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "calibrate/folds.h"
#include "calibrate/row_keys.h"
#include "calibrate/row_model.h"
#include "calibrate/run.h"
#include "calibrate/uncertainty.h"
#include "sim/predict.h"
#include "sim/step_draws.h"
#include "tests/calibrate/planted.h"

namespace foretoken::calibrate {
namespace {

using test::Case;
using test::PlantedWorld;

/// A world, its rows and what the whole calibration makes of them; made once.
struct Calibrated {
  Calibrated() : rows(world.measure(world.training())) {
    world.write_rows(rows);
    result = calibrate(world.library(), {world.path()}, {});
  }
  const ops::PoolCoefficients& pool() const { return *result.coefficients.find("forge"); }

  PlantedWorld world{20240601};
  std::vector<std::pair<Case, double>> rows;
  Calibration result;
};

Calibrated& calibrated() {
  static Calibrated once;
  return once;
}

/// The library with what the calibration found.
sim::Library fitted_library() {
  sim::Library library = sim::read_library({calibrated().world.path()});
  for (const auto& entry : calibrated().result.coefficients.pools()) {
    library.coefficients.add(entry.second);
  }
  return library;
}

/// Share of new measurements of the cases that the 90 % interval of their prediction holds.
double coverage(const std::vector<Case>& cases, bool known_device) {
  static const sim::Library library = fitted_library();
  double inside = 0;
  for (const Case& which : cases) {
    const sim::Report report = sim::predict(calibrated().world.request(which), library);
    EXPECT_EQ(report.known_device, known_device) << which.device;
    const double seconds = calibrated().world.measured(which);
    if (report.step.lo.base() <= seconds && seconds <= report.step.hi.base()) inside += 1;
  }
  return inside / static_cast<double>(cases.size());
}

TEST(Recovery, UsesEveryRow) {
  ASSERT_EQ(calibrated().result.pools.size(), 1u);
  EXPECT_EQ(calibrated().result.pools[0].decode_rows, calibrated().rows.size());
  EXPECT_TRUE(calibrated().result.rejected.empty());
  EXPECT_EQ(calibrated().pool().rows, static_cast<double>(calibrated().rows.size()));
}

TEST(Recovery, FindsEveryPlantedParameterWithinItsDeviation) {
  double squares = 0;
  double count = 0;
  for (const auto& [name, parameter] : calibrated().pool().parameters) {
    if (name == "step.sharpness") continue;  // not planted: it keeps its prior
    const auto truth = calibrated().world.truth().find(name);
    ASSERT_NE(truth, calibrated().world.truth().end()) << name;
    const double z = (parameter.value - truth->second) / parameter.deviation;
    EXPECT_LT(std::abs(z), 3.5) << name << ": " << parameter.value << " +- " << parameter.deviation
                                << ", planted " << truth->second;
    squares += z * z;
    count += 1;
  }
  EXPECT_EQ(count, 8 + 3 + 3 + PlantedWorld::kDevices);
  EXPECT_LT(std::sqrt(squares / count), 1.5);
}

TEST(Recovery, KnowsMoreOfWhatRowsSpeakOfThanThePriorDid) {
  const auto& parameters = calibrated().pool().parameters;
  EXPECT_LT(parameters.at("gemm.launch").deviation, 0.1);              // prior 0.4
  EXPECT_LT(parameters.at("gemm.launch*build_year").deviation, 0.05);  // prior 0.2
  EXPECT_LT(parameters.at("gemm.core").deviation, 0.3);                // prior 0.4
  EXPECT_EQ(parameters.at("gemm.dram[device=device-3]").rows, 12);
}

TEST(Recovery, FindsTheBandwidthOfDevicesThatAreBoundByIt) {
  const auto& parameters = calibrated().pool().parameters;
  const auto& truth = calibrated().world.truth();
  std::size_t bound = 0;
  for (int d = 0; d < PlantedWorld::kDevices; ++d) {
    const hwdb::Device& device =
        *calibrated().world.library().devices.lookup(PlantedWorld::device(d));
    // At 2 bytes a clock, its cores take in twice what DRAM delivers.
    if (2.0 * *device.cores * device.clock->base() < 2.0 * device.memory.bandwidth.base()) continue;
    double found = 0;
    double planted = 0;
    for (const std::string& name :
         {std::string("gemm.dram"), "gemm.dram[architecture=" + device.architecture + "]",
          "gemm.dram[device=" + device.id + "]"}) {
      found += parameters.at(name).value;
      planted += truth.at(name);
    }
    EXPECT_NEAR(found, planted, 0.05) << device.id;
    ++bound;
  }
  EXPECT_GE(bound, 3u);
}

TEST(Recovery, IntervalsOfNewModelsOnKnownDevicesHoldTheTruth) {
  std::vector<Case> cases;
  for (int d = 0; d < PlantedWorld::kDevices; ++d) {
    for (const char* scheme : {"half", "eight", "four"}) {
      for (const double context : {0.0, 500.0, 4000.0, 6000.0}) {
        cases.push_back({PlantedWorld::device(d), "fresh", scheme, "2025-01", context});
      }
    }
  }
  const double share = coverage(cases, true);
  EXPECT_GE(share, 0.80);
  EXPECT_LE(share, 0.98);
}

TEST(Recovery, IntervalsOfUnseenDevicesHoldTheTruth) {
  std::vector<Case> cases;
  for (int d = 0; d < PlantedWorld::kNewDevices; ++d) {
    for (const char* model : {"tiny", "fresh", "large"}) {
      for (const char* scheme : {"half", "four"}) {
        cases.push_back({PlantedWorld::new_device(d), model, scheme, "2025-01", 1000.0});
      }
    }
  }
  const double share = coverage(cases, false);
  EXPECT_GE(share, 0.80);
  EXPECT_LE(share, 0.98);
}

TEST(Recovery, SpreadsAndNoiseAreEstimatedFromTheRows) {
  const Dataset data = read_dataset(calibrated().world.library(), {calibrated().world.path()});
  const PoolData& pool = data.pools.at("forge");
  const Fit fit =
      fit_pool(pool.design(), pool.fit_rows, fitted_flags(pool), {}, FitSettings{}, true);
  EXPECT_TRUE(fit.converged);
  EXPECT_GT(fit.scale, 0.6 * PlantedWorld::kNoise);
  EXPECT_LT(fit.scale, 1.5 * PlantedWorld::kNoise);
  for (std::size_t p = 0; p < pool.design().names.size(); ++p) {
    if (pool.design().names[p].rfind("gemm.dram[device=", 0) != 0) continue;
    EXPECT_GT(fit.spreads[p], 0.04);
    EXPECT_LT(fit.spreads[p], 0.25);
  }
}

TEST(Recovery, ValidationAndPredictionDoubtTheSame) {
  // Folds take intervals from parameters by index, prediction from names in the file: for one fit
  // both must say the same of a measured device, an unseen one included.
  const Dataset data = read_dataset(calibrated().world.library(), {calibrated().world.path()});
  const PoolData& pool = data.pools.at("forge");
  std::vector<std::uint8_t> included = fitted_flags(pool);
  for (std::size_t i = 0; i < pool.rows.size(); ++i) {
    if (device_key(pool.rows[i]) == "device-5") included[i] = 0;
  }
  const Fit fit = fit_pool(pool.design(), pool.fit_rows, included, {}, FitSettings{}, true);
  const Doubts doubts = doubts_of(pool, included, fit, {{"step", false}, {"step", true}});
  ops::PoolCoefficients coefficients{.law = *pool.law};
  coefficients.uncertainty = doubts.uncertainty;
  for (std::size_t p = 0; p < fit.parameters.size(); ++p) {
    if (fit.rows[p] == 0.0) continue;
    const ops::Draws& draws = doubts.belief.draws[p];
    coefficients.parameters[pool.design().names[p]] = {
        fit.parameters[p],
        fit.deviations[p],
        fit.rows[p],
        {draws.begin(), draws.begin() + ops::kHalfDraws}};
  }
  for (std::size_t i = 0; i < pool.rows.size(); i += 5) {
    const ResolvedRow& row = *pool.rows[i].decode;
    const bool known = row.request.device->id != "device-5";
    const double ln = ln_predicted(pool.fit_rows[i], fit.parameters, nullptr);
    const sim::StepCost cost = sim::step_cost(row.loads, {.pool = &coefficients});
    EXPECT_NEAR(std::log(cost.time.base()), ln, 1e-9) << i;
    const sim::LogInterval predicted =
        sim::log_interval(sim::step_doubt(row.loads, {.pool = &coefficients}, cost, known), 0.9);
    const sim::LogInterval validated =
        sim::log_interval(doubt_of_row(pool, i, doubts, ln, known), 0.9);
    EXPECT_NEAR(predicted.lo, validated.lo, 1e-5) << i;
    EXPECT_NEAR(predicted.hi, validated.hi, 1e-5) << i;
  }
}

TEST(Recovery, TheOrderOfRowsDoesNotMatter) {
  PlantedWorld world(99);
  auto rows = world.measure(world.training());
  world.write_rows(rows);
  const Calibration a = calibrate(world.library(), {world.path()}, {});
  std::shuffle(rows.begin(), rows.end(), std::mt19937(5));
  world.write_rows(rows);
  const Calibration b = calibrate(world.library(), {world.path()}, {});
  EXPECT_NE(a.data_hash, b.data_hash);
  const auto& parameters = a.coefficients.find("forge")->parameters;
  for (const auto& [name, parameter] : parameters) {
    const ops::Parameter& other = b.coefficients.find("forge")->parameters.at(name);
    EXPECT_NEAR(parameter.value, other.value, 0.02 * parameter.deviation + 1e-6) << name;
    EXPECT_EQ(parameter.rows, other.rows) << name;
  }
}

TEST(Recovery, CalibrationIsTheSameBitsOnRepeatAndOnAnyNumberOfThreads) {
  const Calibration again =
      calibrate(calibrated().world.library(), {calibrated().world.path()}, {.threads = 1});
  const ops::PoolCoefficients& a = calibrated().pool();
  const ops::PoolCoefficients& b = *again.coefficients.find("forge");
  EXPECT_EQ(again.data_hash, calibrated().result.data_hash);
  for (const auto& [name, parameter] : a.parameters) {
    EXPECT_EQ(parameter.value, b.parameters.at(name).value) << name;
    EXPECT_EQ(parameter.deviation, b.parameters.at(name).deviation) << name;
    EXPECT_EQ(parameter.draws, b.parameters.at(name).draws) << name;
  }
  for (const auto& [key, misfit] : a.uncertainty.misfits) {
    EXPECT_EQ(misfit.scale, b.uncertainty.misfits.at(key).scale) << key;
  }
}

}  // namespace
}  // namespace foretoken::calibrate
