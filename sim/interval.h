#pragma once

/// Intervals from held-out residuals: what the fit missed on rows that it had not seen is what it
/// may miss on the next one.

#include <vector>

#include "base/estimate.h"
#include "base/quantity.h"
#include "ops/coefficients.h"

namespace foretoken::sim {

/// The q-quantile of sorted values by linear interpolation between order statistics at (i + 0.5)/n.
double quantile(const std::vector<double>& sorted, double q);

/// ln(measured/predicted) between which a share `level` of held-out rows lay; wide when the pool
/// has no residuals.
struct LogInterval {
  double lo = 0;
  double hi = 0;
};
LogInterval log_interval(const std::vector<double>& sorted_residuals, double level);

/// The residuals that apply: of unseen devices, or of unseen models on known devices.
const std::vector<double>& residuals_for(const ops::PoolCoefficients& pool, bool known_device);

}  // namespace foretoken::sim
