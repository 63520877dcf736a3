/// Calibration: reading the measured rows, the law over one row with its derivative, and the fit of
/// one pool.

#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "bench/shipped.h"
#include "calibrate/dataset.h"
#include "calibrate/fit.h"
#include "calibrate/folds.h"
#include "calibrate/row_model.h"

namespace foretoken::calibrate {
namespace {

const Dataset& shipped_rows() {
  static const Dataset data = read_dataset(bench::shipped_library(), {FORETOKEN_DATA_DIR});
  return data;
}

/// nullptr, with the benchmark marked as failed, when no shipped row is in the pool.
const PoolData* pool_named(benchmark::State& state, const std::string& name) {
  const auto found = shipped_rows().pools.find(name);
  if (found != shipped_rows().pools.end()) return &found->second;
  state.SkipWithError(("no measured row in pool '" + name + "'").c_str());
  return nullptr;
}

void read_rows(benchmark::State& state) {
  for (auto step : state) {
    benchmark::DoNotOptimize(read_dataset(bench::shipped_library(), {FORETOKEN_DATA_DIR}));
  }
}
BENCHMARK(read_rows)->Unit(benchmark::kMillisecond)->Iterations(1);

void law_over_a_row(benchmark::State& state) {
  const PoolData* const pool = pool_named(state, "mlx");
  if (pool == nullptr) return;
  const std::vector<double> zeros(pool->design().names.size(), 0.0);
  std::vector<double> gradient;
  std::size_t row = 0;
  for (auto step : state) {
    benchmark::DoNotOptimize(ln_predicted(pool->fit_rows[row], zeros, &gradient));
    row = (row + 1) % pool->fit_rows.size();
  }
}
BENCHMARK(law_over_a_row)->Unit(benchmark::kMicrosecond);

void fit_of_a_pool(benchmark::State& state, const std::string& name) {
  const PoolData* const pool = pool_named(state, name);
  if (pool == nullptr) return;
  const std::vector<std::uint8_t> included = fitted_flags(*pool);
  for (auto step : state) {
    benchmark::DoNotOptimize(
        fit_pool(pool->design(), pool->fit_rows, included, {}, FitSettings{}, true));
  }
  state.counters["rows"] = static_cast<double>(pool->rows.size());
  state.counters["parameters"] = static_cast<double>(pool->design().names.size());
}
BENCHMARK_CAPTURE(fit_of_a_pool, rockchip, std::string("rockchip-npu"))
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(fit_of_a_pool, mlx, std::string("mlx"))->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace foretoken::calibrate
