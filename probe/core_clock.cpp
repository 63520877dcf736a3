#include "probe/core_clock.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

#include "probe/statistics.h"

namespace foretoken::probe {
namespace {

constexpr int kTrials = 5;
constexpr int kTurns = 10'000;
constexpr int kAdditions = 16;

/// Both numbers in registers and unknown to the compiler: an addition of a constant may be done
/// without waiting.
double seconds_of_additions() {
  std::uint64_t sum = 1;
  std::uint64_t term = 3;
  const auto start = std::chrono::steady_clock::now();
  for (int turn = 0; turn < kTurns; ++turn) {
    for (int i = 0; i < kAdditions; ++i) {
      sum += term;
      asm volatile("" : "+r"(sum), "+r"(term));
    }
  }
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

double core_clock() {
  double fastest = 1e9;
  for (int trial = 0; trial < kTrials; ++trial) {
    fastest = std::min(fastest, seconds_of_additions());
  }
  return static_cast<double>(kTurns) * kAdditions / fastest;
}

double core_clock(ThreadTeam& team) {
  std::vector<double> clocks(static_cast<std::size_t>(team.size()));
  team.run([&](int rank) { clocks[static_cast<std::size_t>(rank)] = core_clock(); });
  return median(clocks);
}

}  // namespace foretoken::probe
