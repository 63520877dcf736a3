#include "probe/statistics.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <vector>

namespace foretoken::probe {

double quantile(std::span<const double> values, double share) {
  assert(!values.empty());
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  const double at = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], at - static_cast<double>(below));
}

double median(std::span<const double> values) {
  constexpr double kHalf = 0.5;
  return quantile(values, kHalf);
}

double quartile_spread(std::span<const double> values) {
  const double middle = median(values);
  if (middle == 0.0) return 0.0;
  constexpr double kLower = 0.25;
  constexpr double kUpper = 0.75;
  return (quantile(values, kUpper) - quantile(values, kLower)) / 2.0 / middle;
}

}  // namespace foretoken::probe
