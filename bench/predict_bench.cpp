/// From a question to its answer: tensors and formats, the graph, loads, prices, the whole report.

#include <benchmark/benchmark.h>

#include "bench/shipped.h"
#include "model/lower.h"
#include "ops/demand.h"
#include "sim/predict.h"

namespace foretoken::bench {
namespace {

model::WeightAssignment usual_weights() {
  const sim::Request request = usual_request();
  return shipped_library().schemes.assign(request.scheme, *request.llm, shipped_library().formats);
}

void weights_of_a_model(benchmark::State& state) {
  for (auto step : state) benchmark::DoNotOptimize(usual_weights());
}
BENCHMARK(weights_of_a_model)->Unit(benchmark::kMicrosecond);

void graph_of_a_step(benchmark::State& state) {
  const sim::Request request = usual_request();
  const model::WeightAssignment weights = usual_weights();
  const auto options = sim::lowering_options(request, shipped_library().formats);
  for (auto step : state) {
    benchmark::DoNotOptimize(model::lower(*request.llm, weights, {.context = 4096}, options));
  }
}
BENCHMARK(graph_of_a_step)->Unit(benchmark::kMicrosecond);

void demand_of_a_step(benchmark::State& state) {
  const sim::Request request = usual_request();
  const FormatTable& formats = shipped_library().formats;
  const ops::OpGraph graph = model::lower(*request.llm, usual_weights(), {.context = 4096},
                                          sim::lowering_options(request, formats));
  for (auto step : state) {
    Bytes sum{};
    for (const ops::OpNode& node : graph.nodes()) {
      sum += ops::demand_of(node.op, formats).memory() * node.repeat;
    }
    benchmark::DoNotOptimize(sum);
  }
  state.counters["operators"] = static_cast<double>(graph.nodes().size());
}
BENCHMARK(demand_of_a_step)->Unit(benchmark::kMicrosecond);

void price_of_a_step(benchmark::State& state) {
  const sim::Request request = usual_request();
  const sim::StepLoads loads =
      sim::step_loads(request, usual_weights(), shipped_library().formats, 1.0, 4096.0);
  const sim::Pricing pricing = sim::pricing_for(request, shipped_library());
  for (auto step : state) benchmark::DoNotOptimize(sim::step_cost(loads, pricing));
}
BENCHMARK(price_of_a_step)->Unit(benchmark::kMicrosecond);

void one_prediction(benchmark::State& state) {
  const sim::Request request = usual_request();
  for (auto step : state) benchmark::DoNotOptimize(sim::predict(request, shipped_library()));
}
BENCHMARK(one_prediction)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace foretoken::bench
