#include "calibrate/misfit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "sim/interval.h"

namespace foretoken::calibrate {
namespace {

constexpr std::array<double, 3> kLevels{0.9, 0.8, 0.5};
/// Nearly Cauchy to nearly normal.
constexpr std::array<int, 4> kTails{2, 4, 8, 30};

/// Value below which a share of the weight lies, by interpolation between middles of weights.
double weighted_quantile(std::vector<std::pair<double, double>> values, double share) {
  std::sort(values.begin(), values.end());
  double total = 0.0;
  for (const auto& value : values) total += value.second;
  double below = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double middle = below + values[i].second / 2.0;
    if (middle >= share * total) {
      if (i == 0) return values[0].first;
      const double before = below - values[i - 1].second / 2.0;
      const double part = (share * total - before) / (middle - before);
      return values[i - 1].first + part * (values[i].first - values[i - 1].first);
    }
    below += values[i].second;
  }
  return values.back().first;
}

/// The scale at which an interval of the level holds its share of the misses: a miss lies on the
/// border of an interval that is its ratio to the border's distance times wider.
double scale_for(const std::vector<Miss>& misses, const ops::Draws& noise, int dof, double level) {
  std::vector<std::pair<double, double>> scales;
  for (const Miss& miss : misses) {
    const sim::Doubt doubt{.offsets = miss.offsets, .noise = noise, .misfit = {1.0, dof, 0.0}};
    const double tail = (1.0 - level) / 2.0;
    const double border = sim::ln_quantile(doubt, miss.ln_ratio < 0.0 ? tail : 1.0 - tail);
    scales.emplace_back(std::max(0.0, miss.ln_ratio / border), miss.weight);
  }
  return weighted_quantile(std::move(scales), level);
}

}  // namespace

ops::Misfit misfit_of(const std::vector<Miss>& misses, const ops::Draws& noise) {
  constexpr std::size_t kFewest = 2;
  if (misses.size() < kFewest) return {};
  constexpr double kLeastScale = 0.2;
  constexpr double kLargestScale = 20.0;
  ops::Misfit best;
  double least = 0.0;
  for (const int dof : kTails) {
    std::array<double, kLevels.size()> ln_scales{};
    for (std::size_t i = 0; i < kLevels.size(); ++i) {
      ln_scales[i] = std::log(
          std::clamp(scale_for(misses, noise, dof, kLevels[i]), kLeastScale, kLargestScale));
    }
    double disagreement = 0.0;
    for (const double other : ln_scales) disagreement += std::abs(other - ln_scales[0]);
    if (dof != kTails[0] && disagreement >= least) continue;
    least = disagreement;
    best = {.scale = std::exp(ln_scales[0]), .dof = dof};
  }
  std::set<std::string> groups;
  for (const Miss& miss : misses) groups.insert(miss.group);
  constexpr double kPriorGroups = 2.0;
  const double count = static_cast<double>(groups.size());
  best.scale = std::pow(best.scale, count / (count + kPriorGroups));
  best.rows = static_cast<double>(misses.size());
  return best;
}

}  // namespace foretoken::calibrate
