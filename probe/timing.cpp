#include "probe/timing.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "probe/statistics.h"

namespace foretoken::probe {
namespace {

constexpr double kWarmUpShare = 0.15;
// A clock that stands still must not make a batch endless.
constexpr double kLeastCall = 1e-10;
constexpr std::size_t kMostCalls = 10'000'000;

/// Calls in growing batches until a share of the plan's time has gone; seconds of one call, warm.
double warm_up(const TimedCalls& run, const TimingPlan& plan) {
  std::size_t calls = 1;
  double spent = 0.0;
  while (true) {
    const double seconds = run(calls).seconds;
    const double call = std::max(seconds / static_cast<double>(calls), kLeastCall);
    spent += seconds;
    if (spent >= kWarmUpShare * plan.seconds || calls >= kMostCalls) return call;
    calls *= 2;
  }
}

}  // namespace

std::vector<Timed> timed_round(const TimedCalls& run, const TimingPlan& plan) {
  const double call = warm_up(run, plan);
  const double batch = std::max(plan.least_batch, plan.seconds / plan.most_repeats);
  const auto calls = static_cast<std::size_t>(
      std::clamp(std::floor(batch / call), 1.0, static_cast<double>(kMostCalls)));
  const double wanted = plan.seconds / (call * static_cast<double>(calls));
  const int repeats =
      static_cast<int>(std::clamp(wanted, double(plan.least_repeats), double(plan.most_repeats)));
  std::vector<Timed> batches;
  for (int i = 0; i < repeats; ++i) {
    const Timed timed = run(calls);
    batches.push_back({timed.seconds / static_cast<double>(calls), timed.attended});
  }
  return batches;
}

Timing timing_of(std::span<const Timed> batches) {
  constexpr double kAttended = 0.97;
  constexpr std::size_t kEnough = 5;
  std::vector<double> faster;
  for (const Timed& batch : batches) {
    if (batch.attended >= kAttended) faster.push_back(batch.seconds);
  }
  const bool disturbed = faster.size() < std::min(kEnough, batches.size());
  if (disturbed) {
    faster.clear();
    for (const Timed& batch : batches) faster.push_back(batch.seconds);
  }
  std::sort(faster.begin(), faster.end());
  faster.resize((faster.size() + 1) / 2);
  return {.seconds = median(faster),
          .spread = quartile_spread(faster),
          .repeats = static_cast<int>(batches.size()),
          .disturbed = disturbed};
}

}  // namespace foretoken::probe
