#include "probe/timing.h"

#include <random>

#include <gtest/gtest.h>

namespace foretoken::probe {
namespace {

/// A kernel of known time on an invented clock.
class Invented {
 public:
  explicit Invented(double call) : call_(call) {}
  Timed operator()(std::size_t count) {
    calls += count;
    const double seconds = call_ * static_cast<double>(count) * factor();
    total += seconds;
    return {.seconds = seconds};
  }
  std::size_t calls = 0;
  double total = 0;
  double disturbed = 0;  ///< share of the batches that take up to three times as long

 private:
  double factor() {
    if (disturbed == 0 || !std::bernoulli_distribution(disturbed)(random_)) return 1.0;
    return std::uniform_real_distribution<double>(1.0, 3.0)(random_);
  }
  double call_;
  std::mt19937 random_{1};
};

TEST(Timing, OfAQuietKernel) {
  for (const double call : {1e-8, 1e-5, 1e-3, 0.04}) {
    Invented kernel(call);
    const Timing timing = timing_of(timed_round(std::ref(kernel), {}));
    EXPECT_NEAR(timing.seconds, call, 1e-9 * call);
    EXPECT_LT(timing.spread, 1e-9);
    EXPECT_GE(timing.repeats, 5);
    EXPECT_LE(timing.repeats, 50);
  }
}

TEST(Timing, KeepsToItsTime) {
  Invented kernel(1e-6);
  timed_round(std::ref(kernel), {.seconds = 0.2});
  EXPECT_LT(kernel.total, 0.35);
  EXPECT_GT(kernel.total, 0.1);
}

TEST(Timing, OfASlowKernelTakesTheLeastRepeats) {
  Invented kernel(2.0);
  EXPECT_EQ(timed_round(std::ref(kernel), {.seconds = 0.1}).size(), 5U);
  EXPECT_EQ(kernel.calls, 6U);
}

TEST(Timing, NeighboursThatDisturbHalfOfTheBatchesDoNotCount) {
  Invented kernel(1e-4);
  kernel.disturbed = 0.5;
  std::vector<Timed> batches;
  for (int round = 0; round < 3; ++round) {
    const std::vector<Timed> more = timed_round(std::ref(kernel), {});
    batches.insert(batches.end(), more.begin(), more.end());
  }
  const Timing timing = timing_of(batches);
  EXPECT_NEAR(timing.seconds, 1e-4, 1e-9);
  EXPECT_LT(timing.spread, 0.05);
}

TEST(Timing, AKernelThatAlwaysDiffersSpreads) {
  Invented kernel(1e-4);
  kernel.disturbed = 1.0;
  EXPECT_GT(timing_of(timed_round(std::ref(kernel), {})).spread, 0.05);
}

TEST(Timing, IsTheMedianOfTheFasterHalf) {
  std::vector<Timed> batches;
  for (const double seconds : {9, 1, 8, 3, 2, 7, 100, 6, 4, 5}) batches.push_back({seconds});
  const Timing timing = timing_of(batches);
  EXPECT_EQ(timing.seconds, 3.0);
  EXPECT_DOUBLE_EQ(timing.spread, 1.0 / 3.0);
  EXPECT_EQ(timing.repeats, 10);
  EXPECT_EQ(timing_of(std::vector<Timed>{{2.0}}).seconds, 2.0);
}

TEST(Timing, LeavesOutWhatNeighboursTook) {
  // Half of the time a thread waited for its turn: it took longer, and evenly so.
  std::vector<Timed> batches(20, {.seconds = 2.0, .attended = 0.5});
  EXPECT_TRUE(timing_of(batches).disturbed);
  EXPECT_EQ(timing_of(batches).seconds, 2.0);
  batches.resize(25, {.seconds = 1.0, .attended = 0.99});
  EXPECT_FALSE(timing_of(batches).disturbed);
  EXPECT_EQ(timing_of(batches).seconds, 1.0);
  EXPECT_EQ(timing_of(batches).repeats, 25);
}

TEST(Timing, AClockThatStandsStillEnds) {
  const auto still = [](std::size_t) { return Timed{}; };
  EXPECT_EQ(timing_of(timed_round(still, {.seconds = 1e-3})).seconds, 0.0);
}

}  // namespace
}  // namespace foretoken::probe
