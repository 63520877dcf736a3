/// Reading all of data/: what every command waits for before it starts.

#include <benchmark/benchmark.h>

#include "sim/library.h"

namespace foretoken::bench {
namespace {

void load_library(benchmark::State& state) {
  for (auto step : state) {
    benchmark::DoNotOptimize(sim::read_library({FORETOKEN_DATA_DIR}, state.range(0) != 0));
  }
}
BENCHMARK(load_library)->ArgName("coefficients")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace foretoken::bench
