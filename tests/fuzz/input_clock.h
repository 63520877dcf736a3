#pragma once

/// Processor time of one input, for libFuzzer programs: on a busy machine its own -timeout, by the
/// wall's clock, also counts what other processes took.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace foretoken::test {

class InputClock {
 public:
  ~InputClock() { std::fprintf(stderr, "slowest input: %.1f ms of processor time\n", most_ * 1e3); }

  /// Ends the program when `run` takes a second or more.
  template <typename Run>
  void time(const Run& run) {
    const double start = now();
    run();
    const double seconds = now() - start;
    most_ = std::max(most_, seconds);
    if (seconds < 1.0) return;
    std::fprintf(stderr, "an input took %.2f s of processor time\n", seconds);
    std::abort();
  }

 private:
  static double now() {
    std::timespec at{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
    constexpr double kNano = 1e-9;
    return static_cast<double>(at.tv_sec) + static_cast<double>(at.tv_nsec) * kNano;
  }
  double most_ = 0.0;
};

}  // namespace foretoken::test
