#pragma once

/// Robust figures of a few timings: one slow one out of ten must not move them.

#include <span>

namespace foretoken::probe {

/// Quantile `share` (0 to 1) with linear interpolation between neighbours. At least one value.
double quantile(std::span<const double> values, double share);
double median(std::span<const double> values);
/// Half the distance of the quartiles as a share of the median; 0 for a median of 0.
double quartile_spread(std::span<const double> values);

}  // namespace foretoken::probe
