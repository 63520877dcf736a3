#pragma once

/// Intervals of an answer. Between a point and its measurement stand what the fit does not know of
/// its coefficients (draws of the posterior, pushed through the law), the noise of the source, and
/// how far the law itself misses:
///
///   ln measured = ln point + scale * (offset of a draw + its noise * student(4))
///
/// so the answer is a mixture over draws, and its quantiles are the interval.

#include "ops/draws.h"
#include "ops/uncertainty.h"

namespace foretoken::sim {

struct Doubt {
  ops::Draws offsets{};  ///< ln of the answer in each draw, less ln of its point
  ops::Draws noise{};    ///< standard deviation of ln time in each draw, above zero
  ops::Misfit misfit;
};

/// Probability that ln(measured/point) lies below `ln_ratio`.
double probability_below(const Doubt& doubt, double ln_ratio);

/// ln(measured/point) below which a share `p` is expected, 0 < p < 1.
double ln_quantile(const Doubt& doubt, double p);

/// Holds the share `level` of measurements, equal tails; drawn wide enough to hold the point.
struct LogInterval {
  double lo = 0;
  double hi = 0;
};
LogInterval log_interval(const Doubt& doubt, double level);

}  // namespace foretoken::sim
