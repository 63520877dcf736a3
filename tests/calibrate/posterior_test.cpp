#include "calibrate/posterior.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "calibrate/row_model.h"
#include "calibrate/uncertainty.h"
#include "tests/calibrate/planted.h"

namespace foretoken::calibrate {
namespace {

using test::PlantedWorld;

struct Fitted {
  Fitted() {
    world.write_rows(world.measure(world.training()));
    data = read_dataset(world.library(), {world.path()});
    included = fitted_flags();
    fit = fit_pool(pool().design(), pool().fit_rows, included, {}, {}, true);
  }
  const PoolData& pool() const { return data.pools.at("forge"); }
  std::vector<std::uint8_t> fitted_flags() const {
    return std::vector<std::uint8_t>(pool().rows.size(), 1);
  }
  Scales scales() const { return {.spreads = fit.spreads, .noise = fit.noise}; }
  Posterior posterior() const { return {pool().fit_rows, included, scales(), fit.parameters}; }
  PlantedWorld world{31};
  Dataset data;
  std::vector<std::uint8_t> included;
  Fit fit;
};

const Fitted& fitted() {
  static const Fitted once;
  return once;
}

double deviation_of(const ops::Draws& draws) {
  double squares = 0;
  for (const double draw : draws) squares += draw * draw;
  return std::sqrt(squares / ops::kDraws);
}

TEST(Posterior, DrawsHaveItsMarginalDeviations) {
  const Posterior posterior = fitted().posterior();
  const auto draws = posterior.draws();
  const auto variances = posterior.variances();
  double ratio = 0;
  for (std::size_t p = 0; p < draws.size(); ++p) {
    EXPECT_NEAR(deviation_of(draws[p]) / std::sqrt(variances[p]), 1.0, 0.45) << p;
    ratio += deviation_of(draws[p]) / std::sqrt(variances[p]) / static_cast<double>(draws.size());
  }
  EXPECT_NEAR(ratio, 1.0, 0.05);
}

TEST(Posterior, DrawsPushedThroughTheLawAgreeWithFirstOrder) {
  // The delta method on the same draws: what is between the two is the law's curvature alone.
  const Fitted& f = fitted();
  const Posterior posterior = f.posterior();
  const Doubts doubts = doubts_of(f.pool(), f.included, f.fit, {});
  const auto draws = posterior.draws();
  for (const std::size_t i : {0UL, 17UL, 60UL, 143UL}) {
    const FitRow& row = f.pool().fit_rows[i];
    std::vector<double> gradient;
    const double ln = ln_predicted(row, f.fit.parameters, &gradient);
    ops::Draws linear{};
    for (std::size_t c = 0; c < row.coefficients.size(); ++c) {
      for (const auto& [index, weight] : row.coefficients[c].terms) {
        for (std::size_t d = 0; d < linear.size(); ++d) {
          linear[d] += gradient[c] * weight * draws[static_cast<std::size_t>(index)][d];
        }
      }
    }
    const sim::Doubt doubt = doubt_of_row(f.pool(), i, doubts, ln, true);
    EXPECT_NEAR(deviation_of(doubt.offsets) / deviation_of(linear), 1.0, 0.15) << i;
    EXPECT_LT(deviation_of(doubt.offsets), PlantedWorld::kNoise) << i;  // many rows, little doubt
  }
}

TEST(Posterior, WithoutADeviceIsCloseToARefitWithoutIt) {
  const Fitted& f = fitted();
  std::vector<std::size_t> theirs;
  std::vector<std::uint8_t> rest = f.included;
  for (std::size_t i = 0; i < f.pool().rows.size(); ++i) {
    if (f.pool().rows[i].decode->request.device->id != "device-4") continue;
    theirs.push_back(i);
    rest[i] = 0;
  }
  Posterior posterior = f.posterior();
  const Belief belief = posterior.without(theirs);
  // The same spreads and noise: only the rows differ.
  std::vector<double> refitted = f.fit.parameters;
  solve(f.pool().fit_rows, rest, f.scales(), 50, refitted);
  for (const std::size_t i : theirs) {
    const double step = ln_predicted(f.pool().fit_rows[i], belief.parameters, nullptr);
    const double refit = ln_predicted(f.pool().fit_rows[i], refitted, nullptr);
    EXPECT_NEAR(step, refit, 0.01) << i;
  }
  const auto& names = f.pool().design().names;
  for (std::size_t p = 0; p < names.size(); ++p) {
    if (names[p] != "gemm.dram[device=device-4]") continue;
    EXPECT_NEAR(belief.parameters[p], 0.0, 1e-9);  // wherever the fit stopped
    EXPECT_NEAR(deviation_of(belief.draws[p]), f.fit.spreads[p], 0.2 * f.fit.spreads[p]);
  }
}

TEST(Posterior, ADeviceIsLeftOutAlikeWhereTheFitStoppedShort) {
  const Fitted& f = fitted();
  const auto& names = f.pool().design().names;
  std::vector<std::size_t> theirs;
  for (std::size_t i = 0; i < f.pool().rows.size(); ++i) {
    if (f.pool().rows[i].decode->request.device->id == "device-4") theirs.push_back(i);
  }
  // One noise deviation off along a parameter of theirs alone, which their rows hold fast.
  std::vector<double> stopped = f.fit.parameters;
  const auto own = std::find(names.begin(), names.end(), "gemm.dram[device=device-4]");
  ASSERT_NE(own, names.end());
  stopped[static_cast<std::size_t>(own - names.begin())] += PlantedWorld::kNoise;
  Posterior posterior(f.pool().fit_rows, f.included, f.scales(), stopped);
  const Belief belief = posterior.without(theirs);
  const Belief at_optimum = f.posterior().without(theirs);
  for (const std::size_t i : theirs) {
    const double off = ln_predicted(f.pool().fit_rows[i], belief.parameters, nullptr);
    const double best = ln_predicted(f.pool().fit_rows[i], at_optimum.parameters, nullptr);
    EXPECT_NEAR(off, best, 0.005) << i;
  }
}

/// How far three given rows of the device move the prediction of its others; checks that the update
/// and a refit with them agree.
double moved_by_three_rows(const std::string& device) {
  const Fitted& f = fitted();
  std::vector<std::uint8_t> without = f.included;
  std::vector<std::uint8_t> with = f.included;
  std::vector<FitRow> given;
  std::vector<std::size_t> others;
  for (std::size_t i = 0; i < f.pool().rows.size(); ++i) {
    if (f.pool().rows[i].decode->request.device->id != device) continue;
    without[i] = 0;
    if (given.size() < 3) {
      given.push_back(f.pool().fit_rows[i]);
    } else {
      with[i] = 0;
      others.push_back(i);
    }
  }
  std::vector<double> start = f.fit.parameters;
  solve(f.pool().fit_rows, without, f.scales(), 50, start);
  const Posterior prior(f.pool().fit_rows, without, f.scales(), start);
  EXPECT_EQ(prior.with({}, f.scales()), start);
  const std::vector<double> updated = prior.with(given, f.scales());
  std::vector<double> refitted = start;
  solve(f.pool().fit_rows, with, f.scales(), 50, refitted);
  double moved = 0;
  for (const std::size_t i : others) {
    const FitRow& row = f.pool().fit_rows[i];
    const double refit = ln_predicted(row, refitted, nullptr);
    EXPECT_NEAR(ln_predicted(row, updated, nullptr), refit, 0.01) << i;
    moved = std::max(moved, std::abs(refit - ln_predicted(row, start, nullptr)));
  }
  return moved;
}

TEST(Posterior, WithMoreRowsIsCloseToARefitWithThem) {
  double most = 0;
  for (int d = 0; d < PlantedWorld::kDevices; ++d) {
    most = std::max(most, moved_by_three_rows(PlantedWorld::device(d)));
  }
  EXPECT_GT(most, 0.05);  // there was something to learn
}

TEST(Doubts, OfAnUnseenDeviceAreWiderThanOfAMeasuredOne) {
  const Fitted& f = fitted();
  std::vector<std::uint8_t> rest = f.included;
  std::size_t row = 0;
  for (std::size_t i = 0; i < f.pool().rows.size(); ++i) {
    if (f.pool().rows[i].decode->request.device->id != "device-4") continue;
    rest[i] = 0;
    row = i;
  }
  const Fit without = fit_pool(f.pool().design(), f.pool().fit_rows, rest, {}, {}, false);
  const auto width = [&](const Fit& fit, const std::vector<std::uint8_t>& included) {
    const Doubts doubts = doubts_of(f.pool(), included, fit, {});
    const double ln = ln_predicted(f.pool().fit_rows[row], fit.parameters, nullptr);
    return deviation_of(doubt_of_row(f.pool(), row, doubts, ln, true).offsets);
  };
  EXPECT_GT(width(without, rest), 1.5 * width(f.fit, f.included));
}

}  // namespace
}  // namespace foretoken::calibrate
