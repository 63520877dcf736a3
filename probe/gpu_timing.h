#pragma once

/// What timings of one kernel come to.
///
/// C++17 without libraries: also compiled by nvcc.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace foretoken::probe::gpu {

struct Timing {
  double seconds = 0;  ///< median of one call
  double spread = 0;   ///< half the distance of the quartiles, as a share of the median
  int repeats = 0;
  bool noisy = false;
  double clock_hertz = 0;
  double memory_clock_hertz = 0;
  double watts = 0;
};

/// Above this spread a kernel is measured once more; what still spreads is noisy.
constexpr double kQuietSpread = 0.05;

/// Median and quartiles of one call's times; the rest is left alone.
inline Timing summarized(std::vector<double> times) {
  Timing timing;
  if (times.empty()) return timing;
  std::sort(times.begin(), times.end());
  const auto at = [&](double share) {
    return times[static_cast<std::size_t>(
        std::lround(share * static_cast<double>(times.size() - 1)))];
  };
  timing.seconds = at(0.5);
  timing.spread = timing.seconds > 0 ? (at(0.75) - at(0.25)) / (2 * timing.seconds) : 0;
  timing.repeats = static_cast<int>(times.size());
  return timing;
}

}  // namespace foretoken::probe::gpu
