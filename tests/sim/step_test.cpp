#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/check_command.h"
#include "sim/predict.h"
#include "sim/step_cost.h"
#include "sim/step_draws.h"
#include "tests/support/invented_data.h"
#include "tests/support/thrown.h"

namespace foretoken::sim {
namespace {

using test::invented_library;
using testing::HasSubstr;

Request request() { return test::invented_request(invented_library()); }

StepLoads loads_of(const Request& r) {
  const Library& library = invented_library();
  return step_loads(r, library.schemes.assign(r.scheme, *r.llm, library.formats), library.formats,
                    1.0, r.mean_context());
}

const OpLoad& op_named(const StepLoads& step, const std::string& name) {
  return *std::find_if(step.ops.begin(), step.ops.end(),
                       [&](const OpLoad& op) { return op.name == name; });
}

TEST(StepLoads, KeepsOneEntryForEqualLayers) {
  const StepLoads step = loads_of(request());
  const OpLoad& down = op_named(step, "ffn_down");
  EXPECT_DOUBLE_EQ(down.repeat, 10);
  EXPECT_DOUBLE_EQ(down.load.memory.base(), 4e-6);  // 4 MB at 1 TB/s
  EXPECT_DOUBLE_EQ(down.load.launches, 1);
  EXPECT_DOUBLE_EQ(op_named(step, "output").load.memory.base(), 20e-6);
}

TEST(StepLoads, ContextsTellFormatsApartAndAreShared) {
  const StepLoads step = loads_of(request());
  EXPECT_EQ(step.contexts.front()[ops::Attribute::Format], "");
  EXPECT_EQ(step.contexts.front()[ops::Attribute::Scheme], "half");
  EXPECT_EQ(step.contexts[op_named(step, "ffn_down").context][ops::Attribute::Format], "F16");
  EXPECT_EQ(op_named(step, "ffn_down").context, op_named(step, "ffn_up").context);
  // Weights and caches of one format differ by the cache's heads.
  std::set<std::pair<std::string, double>> kinds;
  for (const ops::Context& c : step.contexts) {
    kinds.emplace(c[ops::Attribute::Format], c[ops::Covariate::LogCacheHeads]);
  }
  EXPECT_EQ(step.contexts.size(), kinds.size());
  EXPECT_LT(step.contexts.size(), step.ops.size());
}

TEST(StepLoads, PromptTrafficKeepsItsTokens) {
  hwdb::Runtime runtime = test::invented_runtime();
  EXPECT_EQ(prompt_traffic(runtime, 100, 400).share, 0.0);  // prompts are not served beside
  runtime.prefill_chunk = 1000;
  for (const double tokens : {1.0, 100.0, 700.0, 2500.0}) {
    for (const double prompt : {50.0, 400.0, 5000.0}) {
      const PromptTraffic traffic = prompt_traffic(runtime, tokens, prompt);
      EXPECT_NEAR(traffic.share * traffic.tokens, tokens, 1e-9 * tokens);
      EXPECT_LE(traffic.tokens, 1000.0 + 1e-9);
      EXPECT_EQ(traffic.prompt, prompt);
    }
  }
  // A rare prompt comes whole: as many passes as prompts.
  EXPECT_NEAR(prompt_traffic(runtime, 1.0, 400).tokens, 400, 1.0);
  EXPECT_EQ(prompt_traffic(runtime, 0.0, 400).share, 0.0);
}

StepLoads mean_loads_of(const Request& r) {
  const Library& library = invented_library();
  return mean_step_loads(r, library.schemes.assign(r.scheme, *r.llm, library.formats),
                         library.formats);
}

double flops_of(const StepLoads& step, ops::Family family) {
  double sum = 0;
  for (const OpLoad& op : step.ops) {
    if (op.family == family) sum += op.demand.flops.base() * op.repeat;
  }
  return sum;
}

double weights_of(const StepLoads& step) {
  double sum = 0;
  for (const OpLoad& op : step.ops) {
    if (op.family == ops::Family::Gemm) sum += op.demand.weights.base() * op.repeat;
  }
  return sum;
}

TEST(StepLoads, AMeanStepWithoutPromptsIsThePlainStep) {
  const StepLoads plain = loads_of(request());
  const StepLoads mean = mean_loads_of(request());
  ASSERT_EQ(mean.ops.size(), plain.ops.size());
  EXPECT_DOUBLE_EQ(flops_of(mean, ops::Family::Gemm), flops_of(plain, ops::Family::Gemm));
}

TEST(StepLoads, PromptsOfOthersAddTheirArithmetic) {
  hwdb::Runtime runtime = test::invented_runtime();
  runtime.prefill_chunk = 1000;
  Request r = request();
  r.runtime = &runtime;
  r.batch = 10;
  const StepLoads plain = mean_loads_of(r);
  const double layers =
      flops_of(plain, ops::Family::Gemm) - op_named(plain, "output").demand.flops.base();
  r.prompts = prompt_traffic(runtime, 40, 200);
  const double share = r.prompts.share;
  const auto check = [&](const StepLoads& served, double passes) {
    // 40 prompt tokens beside 10 decoded ones; the head sees only what is sampled.
    const double head = op_named(plain, "output").demand.flops.base() / 10 * (10 + 40.0 / 200);
    EXPECT_NEAR(flops_of(served, ops::Family::Gemm), layers * 5 + head, 1e-6 * layers);
    EXPECT_GT(flops_of(served, ops::Family::Attention), flops_of(plain, ops::Family::Attention));
    EXPECT_NEAR(weights_of(served), weights_of(plain) * passes, 1.0);
  };
  runtime.mixes_prefill_since.reset();
  check(mean_loads_of(r), 1.0 + share);  // passes of their own read the weights once more
  runtime.mixes_prefill_since = 0.0;
  check(mean_loads_of(r), 1.0);
}

TEST(StepLoads, LoweringFollowsTheRuntime) {
  hwdb::Runtime runtime = test::invented_runtime();
  Request r = request();
  r.runtime = &runtime;
  const auto count = [&] { return loads_of(r).ops.size(); };
  const std::size_t plain = count();
  runtime.fuses_since[static_cast<std::size_t>(hwdb::Fusion::Qkv)] = 0.0;
  EXPECT_EQ(count(), plain - 2);
  runtime.fuses_since[static_cast<std::size_t>(hwdb::Fusion::GateUp)] = 0.0;
  EXPECT_EQ(count(), plain - 3);
}

TEST(StepLoads, AnEmbeddingOnTheHostCostsNoLaunch) {
  hwdb::Runtime runtime = test::invented_runtime();
  Request r = request();
  r.runtime = &runtime;
  EXPECT_DOUBLE_EQ(op_named(loads_of(r), "token_embd").load.launches, 1);
  runtime.host_operators = {"embedding"};
  EXPECT_DOUBLE_EQ(op_named(loads_of(r), "token_embd").load.launches, 0);
}

TEST(StepCost, ListsEachOperatorAndAddsTheHost) {
  const StepLoads step = loads_of(request());
  const StepCost cost = step_cost(step, pricing_for(request(), invented_library()));
  ASSERT_EQ(cost.ops.size(), step.ops.size());
  Seconds sum = cost.host;
  for (const OpCost& op : cost.ops) sum += op.time;
  EXPECT_NEAR(sum.base(), cost.time.base(), 1e-15);
  EXPECT_DOUBLE_EQ(cost.host.base(), 1e-3);
}

TEST(StepCost, AFactorOnTheStepMovesAllOfIt) {
  const test::InventedData data;
  data.write("laws/forge.yaml",
             std::string(test::kLawText) + "  step.scale: {prior: 1.5, levels: {device: 0.1}}\n");
  const Library library = data.library();
  const StepLoads step = loads_of(request());
  const StepCost plain = step_cost(step, pricing_for(request(), invented_library()));
  const StepCost moved = step_cost(step, pricing_for(request(), library));
  EXPECT_NEAR(moved.time / plain.time, 1.5, 1e-12);
  EXPECT_NEAR(moved.host / plain.host, 1.5, 1e-12);
  for (std::size_t i = 0; i < plain.ops.size(); ++i) {
    EXPECT_NEAR(moved.ops[i].time.base(), 1.5 * plain.ops[i].time.base(), 1e-15);
  }
  // A device that nobody measured is doubted by the level's spread.
  const Doubt doubt = step_doubt(step, pricing_for(request(), library), moved, false);
  const Doubt before = step_doubt(step, pricing_for(request(), invented_library()), plain, false);
  double squares = 0.0;
  for (std::size_t d = 0; d < doubt.offsets.size(); ++d) {
    squares += std::pow(doubt.offsets[d] - before.offsets[d], 2);
  }
  EXPECT_NEAR(std::sqrt(squares / static_cast<double>(doubt.offsets.size())), 0.1, 0.03);
}

TEST(StepDoubt, HostTimeOfSequencesIsInEveryDraw) {
  const test::InventedData data;
  data.write("laws/forge.yaml", std::string(test::kLawText) +
                                    "  step.sequence: {prior: 1 s, levels: {pool: 0.001}}\n");
  const Library library = data.library();
  const StepLoads step = loads_of(request());
  const Pricing pricing = pricing_for(request(), library);
  const Doubt doubt = step_doubt(step, pricing, step_cost(step, pricing), false);
  // A second in a step of milliseconds: nothing else can move it.
  for (const double offset : doubt.offsets) EXPECT_NEAR(offset, 0.0, 0.01);
}

TEST(StepCost, NamesWhatBoundsAnOperator) {
  const StepLoads step = loads_of(request());
  const StepCost cost = step_cost(step, pricing_for(request(), invented_library()));
  const auto bound = [&](const char* name) {
    const auto index = static_cast<std::size_t>(&op_named(step, name) - step.ops.data());
    return std::string(text_of(cost.ops[index].bound));
  };
  EXPECT_EQ(bound("output"), "memory");    // 40 us of bytes, 10 us of launch
  EXPECT_EQ(bound("ffn_down"), "launch");  // 8 us of bytes
  EXPECT_EQ(bound("activation"), "launch");
}

TEST(StepCost, ManyRowsAreBoundByArithmetic) {
  Request r = request();
  r.batch = 10000;
  const StepLoads step = loads_of(r);
  const StepCost cost = step_cost(step, pricing_for(r, invented_library()));
  const auto index = static_cast<std::size_t>(&op_named(step, "ffn_down") - step.ops.data());
  EXPECT_EQ(cost.ops[index].bound, Bound::Compute);
  // 40 GFLOP at 100 TFLOP/s are 400 us, and a launch of 10 us, in 10 layers.
  EXPECT_NEAR(cost.ops[index].time.base(), 4100e-6, 1e-9);
}

TEST(StepCost, ACpuIsPricedByItsOwnPoolAndItsThreads) {
  Request r = request();
  r.device = invented_library().devices.lookup("bellow");
  r.facts.threads = 5;
  const Report report = predict(r, invented_library());
  EXPECT_EQ(report.pool, "bellows");
  // Unpacking 200 MB at 4 bytes a clock on 5 cores of 1 GHz takes 10 ms; DRAM at half of 100 GB/s
  // 4 ms; the pool prices neither attention (20 MB at peak) nor launches.
  EXPECT_NEAR(report.step.point.base(), 10e-3 + 0.2e-3, 1e-6);
  r.facts.threads = 0;  // all 10
  EXPECT_NEAR(predict(r, invented_library()).step.point.base(), 5e-3 + 0.2e-3, 1e-6);
}

TEST(CheckCommand, FillsEveryPlaceIn) {
  Request r = request();
  r.batch = 3;
  r.ranks = 2;
  r.facts.threads = 7;
  EXPECT_EQ(check_command(r),
            "plain-bench tenfold invented/tenfold half -t 7 -c 934 -n 128 -b 3 -tp 2");
}

TEST(CheckCommand, TakesAllCoresWhereNoThreadsAreSaid) {
  EXPECT_THAT(check_command(request()), HasSubstr("-t 100"));
}

TEST(CheckCommand, IsEmptyWhereTheRuntimeNamesNone) {
  hwdb::Runtime runtime = test::invented_runtime();
  runtime.check_command.clear();
  Request r = request();
  r.runtime = &runtime;
  EXPECT_EQ(check_command(r), "");
}

}  // namespace
}  // namespace foretoken::sim
