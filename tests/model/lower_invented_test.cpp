#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "model/layer_groups.h"
#include "model/lower.h"
#include "model/tensor_use.h"
#include "ops/demand.h"
#include "tests/support/invented_formats.h"
#include "tests/support/invented_models.h"
#include "tests/support/temp_folder.h"

namespace foretoken::model {
namespace {

class LowerInvented : public testing::Test {
 protected:
  LowerInvented() : table(test::invented_formats()) {
    const test::TempFolder folder;
    folder.write("invented.yaml", test::kSchemesText);
    schemes = SchemeTable::read(folder.path(), table);
  }
  LoweringOptions options() const {
    const FormatId half = table.id_of("F16");
    return {.kv_keys = half, .kv_values = half, .activation_table = half};
  }
  ops::OpGraph graph(const Llm& llm, const StepShape& step, const LoweringOptions& how) const {
    return lower(llm, schemes.assign("half", llm, table), step, how);
  }
  ops::OpNode node(const Llm& llm, const std::string& name, const StepShape& step = {}) const {
    const ops::OpGraph all = graph(llm, step, options());
    const auto found = std::find_if(all.nodes().begin(), all.nodes().end(),
                                    [&](const ops::OpNode& n) { return n.name == name; });
    return found == all.nodes().end() ? ops::OpNode{} : *found;
  }
  double launches(const Llm& llm, const LoweringOptions& how) const {
    double sum = 0;
    const ops::OpGraph step = graph(llm, {}, how);
    for (const ops::OpNode& n : step.nodes()) sum += n.launches * n.repeat;
    return sum;
  }
  double kv(const Llm& llm, double context, const LoweringOptions& how) const {
    double sum = 0;
    const ops::OpGraph step = graph(llm, {.context = context}, how);
    for (const ops::OpNode& n : step.nodes()) {
      sum += ops::demand_of(n.op, table).kv.base() * n.repeat;
    }
    return sum;
  }
  FormatTable table;
  SchemeTable schemes;
};

TEST_F(LowerInvented, LayersThatAreEqualStandOnce) {
  const Llm llm = test::dense_llm();
  const LayerGroups groups = group_layers(llm, schemes.assign("half", llm, table));
  ASSERT_EQ(groups.layers.size(), 1u);
  EXPECT_EQ(groups.layers[0].count, 10);
  EXPECT_EQ(groups.outside.size(), 3u);  // embedding, output norm, head
  const Llm window = test::window_llm();
  const LayerGroups two = group_layers(window, schemes.assign("half", window, table));
  ASSERT_EQ(two.layers.size(), 2u);
  EXPECT_EQ(two.layers[0].count, 5);
  EXPECT_EQ(two.layers[1].layer, 1u);
}

TEST_F(LowerInvented, MatricesHaveTheShapesOfTheirTensors) {
  const Llm llm = test::dense_llm();
  const auto down = std::get<ops::Gemm>(node(llm, "ffn_down", {.batch = 4}).op);
  EXPECT_EQ(down.m, 4);
  EXPECT_EQ(down.n, 1000);
  EXPECT_EQ(down.k, 2000);
  const auto v = std::get<ops::Gemm>(node(llm, "attn_v").op);
  EXPECT_EQ(v.n, 500);
}

TEST_F(LowerInvented, APromptGoesThroughTheLayersButOnlyItsLastTokenThroughTheHead) {
  const Llm llm = test::dense_llm();
  const StepShape prompt{.batch = 2, .queries = 100};
  EXPECT_EQ(std::get<ops::Gemm>(node(llm, "ffn_down", prompt).op).m, 200);
  EXPECT_EQ(std::get<ops::Gemm>(node(llm, "output", prompt).op).m, 2);
  EXPECT_EQ(std::get<ops::Attention>(node(llm, "attention", prompt).op).queries, 100);
}

TEST_F(LowerInvented, PromptsOfOthersShareTheMatricesButNotTheAttention) {
  const Llm llm = test::dense_llm();
  const StepShape mixed{
      .batch = 4, .context = 500, .prompt = {.sequences = 2, .queries = 100, .context = 50}};
  EXPECT_EQ(std::get<ops::Gemm>(node(llm, "ffn_down", mixed).op).m, 4 + 200);
  EXPECT_EQ(std::get<ops::Gemm>(node(llm, "output", mixed).op).m, 4 + 2);
  const auto decode = std::get<ops::Attention>(node(llm, "attention", mixed).op);
  EXPECT_EQ(decode.batch, 4);
  EXPECT_EQ(decode.queries, 1);
  EXPECT_EQ(decode.kv_len, 500);
  const auto prompt = std::get<ops::Attention>(node(llm, "attention_prompt", mixed).op);
  EXPECT_EQ(prompt.batch, 2);
  EXPECT_EQ(prompt.queries, 100);
  EXPECT_EQ(prompt.kv_len, 50);
  EXPECT_EQ(node(llm, "attention_prompt", {.batch = 4}).name, "");
  const StepShape alone{.batch = 0, .prompt = {.sequences = 1, .queries = 100}};
  EXPECT_EQ(node(llm, "attention", alone).name, "");
}

TEST_F(LowerInvented, ExpertsAndTheSharedOneAreOperatorsOfTheirOwn) {
  const Llm llm = test::moe_llm();
  const auto routed = std::get<ops::ExpertGemm>(node(llm, "ffn_down_exps").op);
  EXPECT_EQ(routed.experts, 8);
  EXPECT_EQ(routed.experts_per_token, 2);
  EXPECT_EQ(routed.n, 1000);
  EXPECT_EQ(routed.k, 500);
  const auto shared = std::get<ops::Gemm>(node(llm, "ffn_down_shexp").op);
  EXPECT_EQ(shared.k, 500);
}

TEST_F(LowerInvented, ATiedHeadReadsTheEmbeddingTable) {
  const auto head = std::get<ops::Gemm>(node(test::moe_llm(), "output").op);
  EXPECT_EQ(head.n, 10000);
  EXPECT_EQ(head.k, 1000);
}

TEST_F(LowerInvented, CountsLaunchesByHand) {
  // A layer: 7 matrices, attention, 2 norms of 2 launches and 2 adds, 4 for rope and store, 2 for
  // activation and product; the step: embedding, output norm, head.
  EXPECT_EQ(launches(test::dense_llm(), options()), 10 * 20 + 4);
  LoweringOptions how = options();
  how.fuses_norm_scale = true;  // a launch less for each norm
  EXPECT_EQ(launches(test::dense_llm(), how), 10 * 18 + 3);
  how.fuses_glu = true;
  EXPECT_EQ(launches(test::dense_llm(), how), 10 * 17 + 3);
  how.fuses_qkv = true;  // three matrices in one
  EXPECT_EQ(launches(test::dense_llm(), how), 10 * 15 + 3);
  how.fuses_gate_up = true;
  EXPECT_EQ(launches(test::dense_llm(), how), 10 * 14 + 3);
  how.fuses_norm = true;  // two launches instead of four
  EXPECT_EQ(launches(test::dense_llm(), how), 10 * 12 + 3);
  how.fuses_rope = true;  // one instead of four
  EXPECT_EQ(launches(test::dense_llm(), how), 10 * 9 + 3);
}

TEST_F(LowerInvented, AnInputIsQuantizedForEachGemmUnlessTheyShareIt) {
  LoweringOptions how = options();
  const double plain = launches(test::dense_llm(), how);
  how.quantizes_activations = true;  // 7 matrices of a layer, and the head
  EXPECT_EQ(launches(test::dense_llm(), how), plain + 10 * 7 + 1);
  how.shares_quantization = true;  // four inputs of a layer
  EXPECT_EQ(launches(test::dense_llm(), how), plain + 10 * 4 + 1);
  how.plain_formats = {table.id_of("F16")};  // weights of 16 bits are multiplied as they are
  EXPECT_EQ(launches(test::dense_llm(), how), plain);
}

TEST_F(LowerInvented, RoutingCostsLaunchesThatGrowWithTheExpertsOfAToken) {
  const Llm llm = test::moe_llm();  // two experts a token
  EXPECT_EQ(node(llm, "routing").launches, 7);
  LoweringOptions fused = options();
  fused.fuses_routing = true;
  EXPECT_EQ(launches(llm, options()) - launches(llm, fused),
            5 * static_cast<double>(llm.layers.size()));
}

TEST_F(LowerInvented, QueryHeadsArePackedWhereARuleFits) {
  const Llm llm = test::dense_llm();
  const auto packs = [&](double context, const LoweringOptions& how) {
    const ops::OpGraph step = graph(llm, {.context = context}, how);
    for (const ops::OpNode& one : step.nodes()) {
      if (const auto* attention = std::get_if<ops::Attention>(&one.op)) {
        return attention->packs_heads;
      }
    }
    return false;
  };
  LoweringOptions how = options();
  EXPECT_FALSE(packs(1000, how));
  how.packs_query_heads = {{.min_group = 2, .min_context = 500}};
  EXPECT_TRUE(packs(1000, how));
  EXPECT_FALSE(packs(400, how));
  how.packs_query_heads = {{.min_group = 1000}};
  EXPECT_FALSE(packs(1000, how));
}

TEST_F(LowerInvented, KvTrafficIsLinearInTheContext) {
  const Llm llm = test::dense_llm();
  EXPECT_DOUBLE_EQ(kv(llm, 998, options()), 10 * 1000.0 * 2000);
  const double step = kv(llm, 2000, options()) - kv(llm, 1000, options());
  EXPECT_DOUBLE_EQ(kv(llm, 9000, options()) - kv(llm, 1000, options()), 8 * step);
}

TEST_F(LowerInvented, WindowsAreCutUnlessTheRuntimeOnlyMasksThem) {
  const Llm llm = test::window_llm();
  EXPECT_DOUBLE_EQ(kv(llm, 998, options()), (5 * 1000.0 + 5 * 502.0) * 2000);
  EXPECT_DOUBLE_EQ(kv(llm, 400, options()), 10 * 402.0 * 2000);
  LoweringOptions masks = options();
  masks.keeps_windows = false;
  EXPECT_DOUBLE_EQ(kv(llm, 998, masks), 10 * 1000.0 * 2000);
}

TEST_F(LowerInvented, StaticSlotsAreReadWhetherUsedOrNot) {
  LoweringOptions how = options();
  how.static_kv_slots = 4094;
  EXPECT_DOUBLE_EQ(kv(test::dense_llm(), 10, how), 10 * 4096.0 * 2000);
  EXPECT_DOUBLE_EQ(kv(test::dense_llm(), 9998, how), 10 * 10000.0 * 2000);
}

TEST_F(LowerInvented, RanksReduceOnceAfterEachHalfOfALayer) {
  LoweringOptions how = options();
  how.ranks = 5;
  const ops::OpGraph split = graph(test::dense_llm(), {.batch = 2}, how);
  double reduces = 0;
  for (const ops::OpNode& n : split.nodes()) {
    if (const auto* reduce = std::get_if<ops::AllReduce>(&n.op)) {
      EXPECT_EQ(reduce->bytes, 2 * 1000 * 2);
      EXPECT_EQ(reduce->ranks, 5);
      reduces += n.repeat;
    }
    if (n.name == "attn_output") {
      EXPECT_EQ(std::get<ops::Gemm>(n.op).k, 200);  // inputs are split
    }
    if (n.name == "attn_q") {
      EXPECT_EQ(std::get<ops::Gemm>(n.op).n, 200);  // outputs are split
    }
  }
  EXPECT_EQ(reduces, 20);
}

TEST_F(LowerInvented, StagesWaitForEachOther) {
  const ops::OpGraph all = graph(test::dense_llm(), {.context = 1000}, options());
  std::vector<double> ones(all.nodes().size(), 1.0);
  // Embedding; norm, qkv, rope, attention, output, gate and up, activation, down; norm, head.
  EXPECT_EQ(all.longest_chain(ones), 11);
  EXPECT_LT(all.longest_chain(ones), std::accumulate(ones.begin(), ones.end(), 0.0));
}

TEST(TensorUse, FusedRolesReadTheSameInput) {
  for (int i = 0; i <= static_cast<int>(TensorRole::NextN); ++i) {
    for (int j = 0; j < i; ++j) {
      const auto a = static_cast<TensorRole>(i);
      const auto b = static_cast<TensorRole>(j);
      if (fusion_group(a) == 0 || fusion_group(a) != fusion_group(b)) continue;
      EXPECT_EQ(use_of(a), use_of(b)) << text_of(a) << " and " << text_of(b);
      EXPECT_TRUE(splits_outputs(use_of(a))) << text_of(a);
    }
  }
}

}  // namespace
}  // namespace foretoken::model
