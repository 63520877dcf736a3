#include "probe/timing.h"

#include <random>

#include <gtest/gtest.h>

namespace foretoken::probe {
namespace {

/// A kernel of known time on an invented clock.
class Invented {
 public:
  explicit Invented(double call) : call_(call) {}
  double operator()(std::size_t count) {
    ++batches;
    calls += count;
    const double seconds = call_ * static_cast<double>(count) * (noise ? factor() : 1.0);
    total += seconds;
    return seconds;
  }
  std::size_t batches = 0;
  std::size_t calls = 0;
  double total = 0;
  int noisy_batches = 0;  ///< from the first on
  bool noise = false;

 private:
  double factor() {
    if (noisy_batches > 0 && batches > static_cast<std::size_t>(noisy_batches)) return 1.0;
    return std::uniform_real_distribution<double>(1.0, 3.0)(random_);
  }
  double call_;
  std::mt19937 random_{1};
};

TEST(Timing, OfAQuietKernel) {
  for (const double call : {1e-8, 1e-5, 1e-3, 0.04}) {
    Invented kernel(call);
    const Timing timing = time_calls(std::ref(kernel), {});
    EXPECT_NEAR(timing.seconds, call, 1e-9 * call);
    EXPECT_LT(timing.spread, 1e-9);
    EXPECT_EQ(timing.rounds, 1);
    EXPECT_FALSE(timing.noisy);
    EXPECT_GE(timing.repeats, 7);
    EXPECT_LE(timing.repeats, 25);
  }
}

TEST(Timing, KeepsToItsTime) {
  Invented kernel(1e-6);
  time_calls(std::ref(kernel), {.seconds = 0.2});
  EXPECT_LT(kernel.total, 0.35);
  EXPECT_GT(kernel.total, 0.1);
}

TEST(Timing, OfASlowKernelTakesTheLeastRepeats) {
  Invented kernel(2.0);
  const Timing timing = time_calls(std::ref(kernel), {.seconds = 0.1});
  EXPECT_EQ(timing.repeats, 7);
  EXPECT_EQ(kernel.calls, 8U);
}

TEST(Timing, ANoisyKernelIsTimedAgainAndMarked) {
  Invented kernel(1e-4);
  kernel.noise = true;
  const Timing timing = time_calls(std::ref(kernel), {});
  EXPECT_TRUE(timing.noisy);
  EXPECT_EQ(timing.rounds, 3);
  EXPECT_GT(timing.spread, 0.05);
}

TEST(Timing, AKernelThatQuietsDownIsNotMarked) {
  Invented kernel(1e-4);
  kernel.noise = true;
  kernel.noisy_batches = 20;
  const Timing timing = time_calls(std::ref(kernel), {});
  EXPECT_FALSE(timing.noisy);
  EXPECT_GT(timing.rounds, 1);
  EXPECT_NEAR(timing.seconds, 1e-4, 1e-9);
}

TEST(Timing, AClockThatStandsStillEnds) {
  const Timing timing = time_calls([](std::size_t) { return 0.0; }, {.seconds = 1e-3});
  EXPECT_EQ(timing.seconds, 0.0);
}

}  // namespace
}  // namespace foretoken::probe
