#include "model/lower.h"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "model/kv_cache.h"
#include "model/layer_groups.h"
#include "ops/demand.h"
#include "tests/model/model_files.h"

namespace foretoken::model {
namespace {

/// The number formats and schemes that are shipped, read once.
struct Formats {
  FormatTable table = FormatTable::read(std::string(FORETOKEN_DATA_DIR) + "/formats");
  SchemeTable schemes =
      SchemeTable::read(std::string(FORETOKEN_DATA_DIR) + "/formats/schemes", table);
};

const Formats& formats() {
  static const Formats all;
  return all;
}

struct Totals {
  double weights = 0;
  double kv = 0;
  double state = 0;
  double flops = 0;
  double launches = 0;
  double messages = 0;
};

LoweringOptions sixteen_bit() {
  const FormatId half = formats().table.id_of("F16");
  return {.kv_keys = half, .kv_values = half, .activation_table = half};
}

ops::OpGraph graph_of(const std::string& id, const StepShape& step, const LoweringOptions& options,
                      const std::string& scheme = "fp16") {
  const Llm& llm = all_models().at(id);
  return lower(llm, formats().schemes.assign(scheme, llm, formats().table), step, options);
}

Totals totals_of(const ops::OpGraph& graph) {
  Totals sum;
  for (const ops::OpNode& node : graph.nodes()) {
    const ops::Demand d = ops::demand_of(node.op, formats().table);
    sum.weights += d.weights.base() * node.repeat;
    sum.kv += d.kv.base() * node.repeat;
    sum.state += d.state.base() * node.repeat;
    sum.flops += d.flops.base() * node.repeat;
    sum.messages += d.message.base() * node.repeat;
    sum.launches += node.launches * node.repeat;
  }
  return sum;
}

Totals totals_of(const std::string& id, const StepShape& step, const LoweringOptions& options) {
  return totals_of(graph_of(id, step, options));
}

/// Dense, shared experts, MLA, windows, hybrids, tied tables, per-layer inputs, RWKV.
const std::vector<std::string> kModels{"llama-3.1-8b",
                                       "llama-3.2-1b",
                                       "qwen3-30b-a3b",
                                       "deepseek-v2-lite",
                                       "deepseek-v3",
                                       "gemma-3-4b",
                                       "gemma-2-2b",
                                       "gpt-oss-20b",
                                       "qwen3-next-80b-a3b",
                                       "falcon-h1-0.5b",
                                       "lfm2-1.2b",
                                       "nemotron-3-nano-30b-a3b",
                                       "gemma-3n-e4b",
                                       "rwkv7-1.5b",
                                       "rwkv4-raven-7b",
                                       "phi-2",
                                       "llama-4-scout",
                                       "granite-3.3-2b",
                                       "glm-4.5-air",
                                       "qwen2.5-7b",
                                       "t5-xl",
                                       "deepseek-v4-flash"};

class LowerModel : public testing::TestWithParam<std::string> {};

double launches_of(const ops::OpGraph& graph, const std::string& name) {
  double launches = 0;
  for (const ops::OpNode& node : graph.nodes()) {
    if (node.name == name) launches += node.launches * node.repeat;
  }
  return launches;
}

// 43 layers, two connections each: 16 launches and 4 for each of 20 Sinkhorn rounds, or 2 fused.
TEST(LowerShipped, HyperConnectionsAreLaunchedOneByOneUnlessFused) {
  LoweringOptions options = sixteen_bit();
  EXPECT_EQ(launches_of(graph_of("deepseek-v4-flash", {}, options), "hyper_connection"),
            43 * 2 * (16 + 4 * 20));
  options.fuses_hyper_connections = true;
  EXPECT_EQ(launches_of(graph_of("deepseek-v4-flash", {}, options), "hyper_connection"),
            43 * 2 * 2);
  EXPECT_EQ(launches_of(graph_of("deepseek-v3", {}, sixteen_bit()), "hyper_connection"), 0);
}

TEST(LowerShipped, EveryModelStreamsTheWeightsThatATokenReads) {
  for (const auto& [id, llm] : all_models()) {
    const Totals step = totals_of(id, {.context = 1000}, sixteen_bit());
    EXPECT_NEAR(step.weights / (2 * parameters_read_per_token(llm)), 1.0, 0.005) << id;
    EXPECT_GT(step.kv + step.state, 0) << id;
  }
}

TEST_P(LowerModel, FusionConservesBytesAndSavesLaunches) {
  LoweringOptions fused = sixteen_bit();
  fused.fuses_qkv = fused.fuses_gate_up = fused.fuses_norm = true;
  fused.fuses_rope = fused.fuses_moe = fused.fuses_norm_scale = true;
  fused.fuses_routing = fused.fuses_glu = true;
  const Totals apart = totals_of(GetParam(), {.context = 1000}, sixteen_bit());
  const Totals together = totals_of(GetParam(), {.context = 1000}, fused);
  EXPECT_NEAR(together.weights / apart.weights, 1.0, 1e-12);
  EXPECT_DOUBLE_EQ(together.kv, apart.kv);
  EXPECT_DOUBLE_EQ(together.state, apart.state);
  EXPECT_LT(together.launches, apart.launches);
}

TEST_P(LowerModel, BatchScalesCacheAndStateExactly) {
  const Totals one = totals_of(GetParam(), {.batch = 1, .context = 1000}, sixteen_bit());
  const Totals eight = totals_of(GetParam(), {.batch = 8, .context = 1000}, sixteen_bit());
  EXPECT_NEAR(eight.kv, 8 * one.kv, 1e-9 * eight.kv);
  EXPECT_NEAR(eight.state, 8 * one.state, 1e-9 * eight.state);
  EXPECT_GE(eight.weights, one.weights);
  EXPECT_EQ(eight.launches, one.launches);
}

TEST_P(LowerModel, RanksShareFlopsAndWeights) {
  const Totals alone = totals_of(GetParam(), {.context = 1000}, sixteen_bit());
  LoweringOptions split = sixteen_bit();
  split.ranks = 1;
  const Totals same = totals_of(GetParam(), {.context = 1000}, split);
  EXPECT_EQ(same.weights, alone.weights);
  EXPECT_EQ(same.messages, 0);
  split.ranks = 2;
  const Totals half = totals_of(GetParam(), {.context = 1000}, split);
  EXPECT_NEAR(2 * half.weights / alone.weights, 1.0, 0.01);  // looked-up rows are on each
  EXPECT_NEAR(2 * half.flops / alone.flops, 1.0, 0.05);      // norms are computed on each
  EXPECT_NEAR(2 * half.state, alone.state, 1e-9 * alone.state);
  EXPECT_GT(half.messages, 0);
}

TEST_P(LowerModel, EveryOperatorIsReachedAndFinite) {
  const ops::OpGraph graph = graph_of(GetParam(), {.batch = 4, .context = 5000}, sixteen_bit());
  EXPECT_EQ(graph.order().size(), graph.nodes().size());
  for (const ops::OpNode& node : graph.nodes()) {
    const ops::Demand d = ops::demand_of(node.op, formats().table);
    EXPECT_TRUE(std::isfinite(d.memory().base()) && d.memory().base() >= 0) << node.name;
    EXPECT_TRUE(std::isfinite(d.flops.base()) && d.flops.base() >= 0) << node.name;
    EXPECT_TRUE(std::isfinite(d.intake.base()) && d.intake.base() >= 0) << node.name;
    EXPECT_GE(node.repeat, 1) << node.name;
    EXPECT_FALSE(node.name.empty());
  }
}

TEST_P(LowerModel, TheLongestChainIsNoLongerThanAllOperators) {
  const ops::OpGraph graph = graph_of(GetParam(), {.context = 1000}, sixteen_bit());
  std::vector<double> work;
  double sum = 0;
  for (const ops::OpNode& node : graph.nodes()) {
    work.push_back(ops::demand_of(node.op, formats().table).memory().base() * node.repeat);
    sum += work.back();
  }
  const double chain = graph.longest_chain(work);
  EXPECT_LE(chain, sum);
  EXPECT_GT(chain, 0.2 * sum);  // what may run side by side is a layer's matrices of one input
}

INSTANTIATE_TEST_SUITE_P(Shipped, LowerModel, testing::ValuesIn(kModels), [](const auto& model) {
  std::string name = model.param;
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name;
});

}  // namespace
}  // namespace foretoken::model
