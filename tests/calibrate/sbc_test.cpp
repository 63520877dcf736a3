/// Simulation-based calibration: truths drawn from the prior at every level, rows simulated from
/// them with noise, a fit, and the rank of each truth among the posterior's draws. Where posterior
/// and world agree the ranks are uniform. Spreads and noise are known to the fit here: with spreads
/// estimated from a handful of keys no posterior of theirs is part of the model. The noise is
/// normal, for which the robust loss gives a posterior about 9 % too wide where rows say all. Draws
/// have another seed in each replication; the product keeps one.

#include <array>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "calibrate/fit.h"
#include "calibrate/posterior.h"
#include "calibrate/row_model.h"

namespace foretoken::calibrate {
namespace {

constexpr int kArchitectures = 4;
constexpr int kDevices = 12;
constexpr int kRowsPerDevice = 3;
constexpr double kNoise = 0.05;
constexpr int kReplications = 500;
constexpr std::size_t kBins = 13;  // of five ranks each: 0 to 64

/// Parameters: share of bandwidth of the pool, of four architectures and of twelve devices; the
/// launch cost of the pool.
enum : int { kPool = 0, kArchitecture = 1, kDevice = 5, kLaunch = 17, kParameters = 18 };

Design design() {
  Design d{.names = {}, .spread = {}, .level = {}, .level_names = {}, .levels = 0, .sources = 1};
  for (int p = 0; p < kParameters; ++p) {
    d.names.push_back("parameter " + std::to_string(p));
    d.spread.push_back(p == kLaunch ? 0.4 : p == kPool ? 0.2 : 0.1);
    d.level.push_back(-1);
  }
  return d;
}

/// A step of some milliseconds on a device: from launch-bound to bandwidth-bound.
FitRow row(int device, int size) {
  FitRow r;
  r.coefficients = {{.ln_prior = std::log(0.8),
                     .terms = {{kPool, 1.0},
                               {kArchitecture + device % kArchitectures, 1.0},
                               {kDevice + device, 1.0}}},
                    {.ln_prior = std::log(10e-6), .terms = {{kLaunch, 1.0}}}};
  FitOp op;
  op.load = {.memory = Seconds::of(0.4e-3 * std::pow(4.0, size)), .launches = 100};
  op.input.fill(-1);
  op.input[static_cast<std::size_t>(LawInput::Dram)] = 0;
  op.input[static_cast<std::size_t>(LawInput::Launch)] = 1;
  r.ops = {op};
  return r;
}

/// How often each rank of the truth came up.
struct Ranks {
  void add(double truth, double value, const ops::Draws& draws) {
    std::size_t below = 0;
    for (const double draw : draws) below += value + draw < truth ? 1 : 0;
    counts[below * kBins / (draws.size() + 1)] += 1;
    total += 1;
  }
  double chi_square() const {
    const double expected = total / static_cast<double>(kBins);
    double sum = 0;
    for (const double count : counts) sum += (count - expected) * (count - expected) / expected;
    return sum;
  }
  std::array<double, kBins> counts{};
  double total = 0;
};

struct Simulated {
  Ranks pool, architecture, device, launch, known_step, unseen_step;
  Ranks too_sure;  ///< of a posterior that claims two thirds of its width
};

/// The ln time of a row in each draw, less that of the point.
ops::Draws pushed(const FitRow& r, const std::vector<double>& point,
                  const std::vector<ops::Draws>& draws) {
  ops::Draws offsets{};
  std::vector<double> moved(point.size());
  const double ln = ln_predicted(r, point, nullptr);
  for (std::size_t d = 0; d < offsets.size(); ++d) {
    for (std::size_t p = 0; p < point.size(); ++p) moved[p] = point[p] + draws[p][d];
    offsets[d] = ln_predicted(r, moved, nullptr) - ln;
  }
  return offsets;
}

void replicate(std::mt19937& random, Simulated& ranks) {
  const Design d = design();
  std::normal_distribution<double> normal;
  std::vector<double> truth;
  for (const double spread : d.spread) truth.push_back(spread * normal(random));
  // The last device is planted but never measured.
  std::vector<FitRow> rows;
  for (int device = 0; device + 1 < kDevices; ++device) {
    for (int size = 0; size < kRowsPerDevice; ++size) {
      rows.push_back(row(device, size));
      rows.back().ln_seconds = ln_predicted(rows.back(), truth, nullptr) + kNoise * normal(random);
    }
  }
  const std::vector<std::uint8_t> all(rows.size(), 1);
  const Fit fit = fit_pool(d, rows, all, {}, {.rounds = 1, .initial_scale = kNoise}, false);
  const Posterior posterior(rows, all, {.spreads = fit.spreads, .noise = {kNoise}}, fit.parameters);
  const std::vector<ops::Draws> draws = posterior.draws(random());
  const auto add = [&](Ranks& to, int parameter) {
    const auto p = static_cast<std::size_t>(parameter);
    to.add(truth[p], fit.parameters[p], draws[p]);
  };
  add(ranks.pool, kPool);
  add(ranks.architecture, kArchitecture + 2);
  add(ranks.device, kDevice + 4);
  add(ranks.launch, kLaunch);
  const auto add_step = [&](Ranks& to, const FitRow& r, double share) {
    ops::Draws offsets = pushed(r, fit.parameters, draws);
    for (double& offset : offsets) offset *= share;
    to.add(ln_predicted(r, truth, nullptr), ln_predicted(r, fit.parameters, nullptr), offsets);
  };
  add_step(ranks.known_step, row(4, 1), 1.0);
  add_step(ranks.unseen_step, row(kDevices - 1, 2), 1.0);
  add_step(ranks.too_sure, row(kDevices - 1, 2), 2.0 / 3.0);
}

const Simulated& simulated() {
  static const Simulated once = [] {
    Simulated ranks;
    std::mt19937 random(20261121);
    for (int i = 0; i < kReplications; ++i) replicate(random, ranks);
    return ranks;
  }();
  return once;
}

/// The 99 % point of chi-square with twelve degrees of freedom.
constexpr double kOnePercent = 26.217;

TEST(SimulationBasedCalibration, RanksOfEveryLevelAreUniform) {
  EXPECT_LT(simulated().pool.chi_square(), kOnePercent);
  EXPECT_LT(simulated().architecture.chi_square(), kOnePercent);
  EXPECT_LT(simulated().device.chi_square(), kOnePercent);
  EXPECT_LT(simulated().launch.chi_square(), kOnePercent);
}

TEST(SimulationBasedCalibration, RanksOfPredictedStepsAreUniform) {
  EXPECT_LT(simulated().known_step.chi_square(), kOnePercent);
  EXPECT_LT(simulated().unseen_step.chi_square(), kOnePercent);
}

TEST(SimulationBasedCalibration, WouldShowAPosteriorThatIsTooSure) {
  EXPECT_GT(simulated().too_sure.chi_square(), kOnePercent);
}

}  // namespace
}  // namespace foretoken::calibrate
