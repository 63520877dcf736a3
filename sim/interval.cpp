#include "sim/interval.h"

#include <algorithm>
#include <cmath>

namespace foretoken::sim {

double quantile(const std::vector<double>& sorted, double q) {
  if (sorted.empty()) return 0.0;
  const double n = static_cast<double>(sorted.size());
  const double position = std::clamp(q * n - 0.5, 0.0, n - 1.0);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  const double part = position - static_cast<double>(below);
  return sorted[below] * (1.0 - part) + sorted[above] * part;
}

LogInterval log_interval(const std::vector<double>& sorted_residuals, double level) {
  // A pool that nobody measured: the datasheet alone may be off by a factor of three either way.
  constexpr double kUnmeasured = 1.1;
  // Fewer held-out rows than this say nothing about tails.
  constexpr std::size_t kEnough = 8;
  if (sorted_residuals.size() < kEnough) return {-kUnmeasured * level, kUnmeasured * level};
  const double tail = (1.0 - level) / 2.0;
  return {quantile(sorted_residuals, tail), quantile(sorted_residuals, 1.0 - tail)};
}

const std::vector<double>& residuals_for(const ops::PoolCoefficients& pool, bool known_device) {
  const ops::ResidualQuantiles& r = pool.residuals;
  return known_device && !r.known_device.empty() ? r.known_device : r.unseen_device;
}

}  // namespace foretoken::sim
