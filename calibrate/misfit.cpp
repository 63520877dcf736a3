#include "calibrate/misfit.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "sim/interval.h"

namespace foretoken::calibrate {
namespace {

/// The level at which intervals are made to hold their share.
constexpr double kLevel = 0.9;

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

}  // namespace

ops::Misfit misfit_of(const std::vector<Miss>& misses, const ops::Draws& noise) {
  if (misses.empty()) return {};
  // A miss lies on the border of the interval that is its ratio to the border's distance wider.
  std::vector<std::pair<double, double>> scales;
  std::set<std::string> groups;
  for (const Miss& miss : misses) {
    const sim::Doubt doubt{.offsets = miss.offsets, .noise = noise, .misfit = {}};
    const double tail = (1.0 - kLevel) / 2.0;
    const double border = sim::ln_quantile(doubt, miss.ln_ratio < 0.0 ? tail : 1.0 - tail);
    scales.emplace_back(std::max(0.0, miss.ln_ratio / border), miss.weight);
    groups.insert(miss.group);
  }
  constexpr double kLeast = 0.2;
  constexpr double kLargest = 20.0;
  const double held = std::clamp(weighted_quantile(std::move(scales), kLevel), kLeast, kLargest);
  constexpr double kPriorGroups = 1.0;
  const auto count = static_cast<double>(groups.size());
  return {.scale = std::pow(held, count / (count + kPriorGroups)),
          .rows = static_cast<double>(misses.size())};
}

}  // namespace foretoken::calibrate
