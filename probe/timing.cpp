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
    const double seconds = run(calls);
    const double call = std::max(seconds / static_cast<double>(calls), kLeastCall);
    spent += seconds;
    if (spent >= kWarmUpShare * plan.seconds || calls >= kMostCalls) return call;
    calls *= 2;
  }
}

Timing one_round(const TimedCalls& run, const TimingPlan& plan, double call) {
  const double batch = std::max(plan.least_batch, plan.seconds / plan.most_repeats);
  const auto calls = static_cast<std::size_t>(
      std::clamp(std::floor(batch / call), 1.0, static_cast<double>(kMostCalls)));
  const double wanted = plan.seconds / (call * static_cast<double>(calls));
  const int repeats =
      static_cast<int>(std::clamp(wanted, double(plan.least_repeats), double(plan.most_repeats)));
  std::vector<double> times;
  for (int i = 0; i < repeats; ++i) times.push_back(run(calls) / static_cast<double>(calls));
  return {.seconds = median(times), .spread = quartile_spread(times), .repeats = repeats};
}

}  // namespace

Timing time_calls(const TimedCalls& run, const TimingPlan& plan) {
  const double call = warm_up(run, plan);
  Timing best = one_round(run, plan, call);
  int rounds = 1;
  for (; rounds < plan.most_rounds && best.spread > plan.noisy_spread; ++rounds) {
    const Timing again = one_round(run, plan, call);
    if (again.spread < best.spread) best = again;
  }
  best.rounds = rounds;
  best.noisy = best.spread > plan.noisy_spread;
  return best;
}

}  // namespace foretoken::probe
