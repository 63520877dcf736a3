#pragma once

/// How a kernel is timed: warmed up, in batches long enough for the clock, in several rounds that
/// others' kernels stand between, so that one busy moment of the machine does not hold all of them.
///
/// What counts is the faster half of all batches. Time that neighbours, interrupts or a hypervisor
/// take only ever adds, and does so to some batches; an engine that has the machine for itself runs
/// at the pace of the others. Batches during which a thread had no processor for a while, as the
/// system tells, do not count at all where enough others are left.

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace foretoken::probe {

struct TimingPlan {
  double seconds = 0.1;   ///< for one round of repeats, about
  int least_repeats = 5;  ///< even where these take longer
  int most_repeats = 50;
  double least_batch = 2e-5;  ///< seconds; shorter calls are timed several at once
};

/// What calls took.
struct Timed {
  double seconds = 0.0;
  double attended = 1.0;  ///< least share of the time that any of the threads had a processor
};

struct Timing {
  double seconds = 0.0;    ///< of one call: median of the faster half of the batches
  double spread = 0.0;     ///< half the distance of that half's quartiles, as a share of its median
  int repeats = 0;         ///< batches, all of them
  bool disturbed = false;  ///< too few batches had all threads running throughout
};

/// Runs so many calls and returns what all took.
using TimedCalls = std::function<Timed(std::size_t calls)>;

/// One round: what a call took, for each batch. Asks for no call that it does not need to meet the
/// plan; at least one call warms up.
std::vector<Timed> timed_round(const TimedCalls& run, const TimingPlan& plan);

/// Of the batches of any number of rounds, at least one.
Timing timing_of(std::span<const Timed> batches);

}  // namespace foretoken::probe
