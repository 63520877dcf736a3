/// One evaluation of the time law, with one roof and with all of them.

#include <benchmark/benchmark.h>

#include "ops/roofline.h"

namespace foretoken::ops {
namespace {

LawCoefficients<double> usual_law() {
  LawCoefficients<double> law;
  law.launch = 3e-6;
  law.ramp = 2e-6;
  law.dram = 0.85;
  law.core = 5.0;
  law.serial = 1.0;
  law.flop = 0.4;
  law.has_ramp = law.has_core = law.has_serial = true;
  return law;
}

void one_roof(benchmark::State& state) {
  LawCoefficients<double> law = usual_law();
  Load load{.memory = Seconds::of(20e-6)};
  for (auto step : state) {
    benchmark::DoNotOptimize(load);
    benchmark::DoNotOptimize(op_time(load, law));
  }
}
BENCHMARK(one_roof);

void all_roofs(benchmark::State& state) {
  LawCoefficients<double> law = usual_law();
  Load load{.memory = Seconds::of(20e-6),
            .cache = Seconds::of(2e-6),
            .core = Seconds::of(50e-6),
            .flop = Seconds::of(1e-6),
            .serial = Seconds::of(2e-6),
            .link = Seconds::of(3e-6)};
  for (auto step : state) {
    benchmark::DoNotOptimize(load);
    benchmark::DoNotOptimize(op_time(load, law));
  }
}
BENCHMARK(all_roofs);

}  // namespace
}  // namespace foretoken::ops
