#pragma once

/// How a kernel is timed: warmed up, in batches long enough for the clock, the median of several,
/// and again when they differ too much.

#include <cstddef>
#include <functional>

namespace foretoken::probe {

struct TimingPlan {
  double seconds = 0.1;   ///< for one round of repeats, about
  int least_repeats = 7;  ///< even where these take longer
  int most_repeats = 25;
  double least_batch = 2e-5;  ///< seconds; shorter calls are timed several at once
  double noisy_spread = 0.05;
  int most_rounds = 3;  ///< of repeats, when they spread more widely than that
};

struct Timing {
  double seconds = 0.0;  ///< median of one call
  double spread = 0.0;   ///< see `quartile_spread`
  int repeats = 0;
  int rounds = 0;      ///< 1: quiet at once
  bool noisy = false;  ///< spread more widely than wanted in every round
};

/// Runs so many calls and returns the seconds that all took.
using TimedCalls = std::function<double(std::size_t calls)>;

/// Of several rounds the one that spreads least counts. Asks for no call that it does not need to
/// meet the plan; at least one call warms up.
Timing time_calls(const TimedCalls& run, const TimingPlan& plan);

}  // namespace foretoken::probe
