#include "model/gguf_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/lower.h"
#include "ops/demand.h"
#include "tests/model/gguf_files.h"
#include "tests/support/thrown.h"

namespace foretoken::model {
namespace {

struct Case {
  const char* id;
  const char* scheme;
  test::GgufKind kind;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.id << " " << c.scheme; }

/// Every kind of architecture that GGUF and `data/models` share.
const Case kCases[] = {
    {"llama-3.1-8b", "Q4_K_M", {"llama", 15}},
    {"llama-3.1-8b", "IQ2_XXS", {"llama", 19}},
    {"llama-3.2-1b", "Q8_0", {"llama", 7}},
    {"mixtral-8x7b", "Q4_K_M", {"llama", 15}},
    {"qwen2.5-0.5b", "Q4_K_M", {"qwen2", 15}},
    {"qwen3-8b", "Q6_K", {"qwen3", 18}},
    {"qwen3-30b-a3b", "Q4_K_M", {"qwen3moe", 15}},
    {"qwen3-next-80b-a3b", "Q4_K_M", {"qwen3next", 15}},
    {"qwen3.5-9b", "Q4_K_M", {"qwen35", 15, false, true}},
    {"gemma-2-9b", "Q4_K_M", {"gemma2", 15}},
    {"gemma-3-4b", "Q4_K_M", {"gemma3", 15}},
    {"gemma-3n-e4b", "Q4_K_M", {"gemma3n", 15}},
    {"gpt-oss-20b", "MXFP4_MOE", {"gpt-oss", 38}},
    {"phi-2", "Q4_0", {"phi2", 2}},
    {"phi-3-mini", "Q4_K_M", {"phi3", 15}},
    {"glm-4-9b", "Q5_K_M", {"chatglm", 17}},
    {"glm-4.5-air", "Q4_K_S", {"glm4moe", 14}},
    {"deepseek-v2-lite", "Q4_K_M", {"deepseek2", 15}},
    {"deepseek-v3", "Q4_K_M", {"deepseek2", 15}},
    {"falcon-h1-0.5b", "Q4_K_M", {"falcon-h1", 15}},
    {"nemotron-nano-9b-v2", "Q4_K_M", {"nemotron_h", 15}},
    {"granite-4.0-h-tiny", "Q4_K_M", {"granitehybrid", 15}},
    {"lfm2-1.2b", "Q4_K_M", {"lfm2", 15}},
    {"lfm2-8b-a1b", "Q4_0", {"lfm2moe", 2}},
    {"rwkv7-1.5b", "Q8_0", {"rwkv7", 7}},
    {"olmo-2-13b", "Q4_K_M", {"olmo2", 15}},
    {"trinity-mini", "Q4_K_M", {"afmoe", 15}},
    {"smallthinker-21b-a3b", "Q4_0", {"smallthinker", 2}},
    {"command-r7b", "Q4_K_M", {"cohere2", 15}},
    {"llama-4-scout", "Q4_K_M", {"llama4", 15}},
    {"minimax-m2", "Q4_K_M", {"minimax-m2", 15}},
    {"minicpm3-4b", "Q4_K_M", {"minicpm3", 15}},
    {"bitnet-b1.58-2b-4t", "TQ1_0", {"bitnet", 36}},
    {"bloom-7b1", "F16", {"bloom", 1}},
};

class GgufOfModel : public testing::TestWithParam<Case> {
 protected:
  const Llm& llm() const { return all_models().at(GetParam().id); }
  WeightAssignment preset() const {
    return shipped_formats().schemes.assign(GetParam().scheme, llm(), shipped_formats().table);
  }
  test::GgufWriter file() const {
    return written(GetParam().id, GetParam().scheme, GetParam().kind);
  }
};

TEST_P(GgufOfModel, HasTheShapesOfTheModel) {
  const Llm read = model_of(file()).llm;
  EXPECT_EQ(read.name, llm().name);
  EXPECT_EQ(read.hidden, llm().hidden);
  EXPECT_EQ(read.vocab, llm().vocab);
  EXPECT_EQ(read.tied_embeddings, llm().tied_embeddings);
  EXPECT_EQ(read.lm_head_bias, llm().lm_head_bias);
  EXPECT_EQ(read.embed_norm, llm().embed_norm);
  EXPECT_EQ(read.norm_width, llm().norm_width);
  EXPECT_EQ(read.parallel_block, llm().parallel_block);
  EXPECT_EQ(read.fused_qkv, llm().fused_qkv);
  EXPECT_EQ(read.arch_class, llm().arch_class);
  EXPECT_EQ(parameter_count(read), parameter_count(llm()));
  ASSERT_EQ(read.layers.size(), llm().layers.size());
  for (std::size_t i = 0; i < read.layers.size(); ++i) {
    EXPECT_TRUE(read.layers[i] == llm().layers[i]) << "layer " << i;
  }
}

TEST_P(GgufOfModel, HasTheBytesOfThePresetAndOfItsOwnTensors) {
  const FormatTable& table = shipped_formats().table;
  const GgufHeader header = header_of(file());
  double bytes = 0.0;
  for (const GgufTensor& tensor : header.tensors) bytes += static_cast<double>(tensor.bytes);
  const WeightAssignment weights = model_of(file()).weights;
  EXPECT_EQ(weights.scheme, GetParam().scheme);
  EXPECT_EQ(weights.file, "x.gguf");
  EXPECT_FALSE(weights.holds_mtp);
  EXPECT_EQ(weights.total_bytes(table).base(), bytes);
  EXPECT_EQ(weights.total_bytes(table).base(), preset().total_bytes(table).base());
}

/// The same operators with the same demand to the last bit, so the same prediction.
TEST_P(GgufOfModel, LowersToTheGraphOfThePreset) {
  const FormatTable& table = shipped_formats().table;
  const FormatId half = table.id_of("F16");
  const LoweringOptions options{.kv_keys = half, .kv_values = half, .activation_table = half};
  const StepShape step{.batch = 3, .queries = 1, .context = 3000};
  const GgufModel model = model_of(file());
  const ops::OpGraph read = lower(model.llm, model.weights, step, options);
  const ops::OpGraph wanted = lower(llm(), preset(), step, options);
  ASSERT_EQ(read.nodes().size(), wanted.nodes().size());
  for (std::size_t i = 0; i < read.nodes().size(); ++i) {
    const ops::OpNode& a = read.nodes()[i];
    const ops::OpNode& b = wanted.nodes()[i];
    const ops::Demand x = ops::demand_of(a.op, table);
    const ops::Demand y = ops::demand_of(b.op, table);
    EXPECT_EQ(a.name, b.name);
    EXPECT_EQ(a.repeat, b.repeat) << a.name;
    EXPECT_EQ(a.launches, b.launches) << a.name;
    EXPECT_EQ(x.weights.base(), y.weights.base()) << a.name;
    EXPECT_EQ(x.kv.base(), y.kv.base()) << a.name;
    EXPECT_EQ(x.state.base(), y.state.base()) << a.name;
    EXPECT_EQ(x.flops.base(), y.flops.base()) << a.name;
  }
}

INSTANTIATE_TEST_SUITE_P(Shipped, GgufOfModel, testing::ValuesIn(kCases));

TEST(GgufModel, AnOldLatentFileHoldsTheSameValues) {
  const GgufModel model =
      model_of(written("deepseek-v2-lite", "F16", {"deepseek2", 1, true, false}));
  EXPECT_EQ(model.llm.layers, all_models().at("deepseek-v2-lite").layers);
  EXPECT_EQ(parameter_count(model.llm), parameter_count(all_models().at("deepseek-v2-lite")));
}

TEST(GgufModel, TakesEachTensorInTheFormatOfTheFile) {
  test::GgufWriter file;
  file.text("general.architecture", "llama");
  for (const auto& [key, value] :
       {std::pair{"block_count", 1}, {"embedding_length", 256}, {"attention.head_count", 4}}) {
    file.u32(std::string("llama.") + key, static_cast<std::uint64_t>(value));
  }
  file.tensor("token_embd.weight", {256, 1000}, 12, 1000 * 144);
  file.tensor("output_norm.weight", {256}, 0, 1024);
  file.tensor("rope_freqs.weight", {32}, 0, 128);
  file.tensor("blk.0.attn_norm.weight", {256}, 0, 1024);
  file.tensor("blk.0.attn_q.weight", {256, 256}, 10, 256 * 84);
  file.tensor("blk.0.attn_k.weight", {256, 256}, 11, 256 * 110);
  file.tensor("blk.0.attn_v.weight", {256, 256}, 14, 256 * 210);
  file.tensor("blk.0.attn_output.weight", {256, 256}, 144, 256 * (136 + 4));  // IQ4_KS
  file.tensor("blk.0.ffn_norm.weight", {256}, 0, 1024);
  file.tensor("blk.0.ffn_gate.weight", {256, 512}, 8, 512 * 272);
  file.tensor("blk.0.ffn_up.weight", {256, 512}, 8, 512 * 272);
  file.tensor("blk.0.ffn_down.weight", {512, 256}, 30, 256 * 1024);
  const GgufModel model = model_of(file);
  const FormatTable& table = shipped_formats().table;
  std::map<std::string, std::string> formats;
  for (std::size_t i = 0; i < model.weights.tensors.size(); ++i) {
    formats[std::string(text_of(model.weights.tensors[i].role))] =
        table[model.weights.formats[i]].id;
  }
  EXPECT_EQ(formats["attn_q"], "Q2_K");
  EXPECT_EQ(formats["attn_k"], "Q3_K");
  EXPECT_EQ(formats["attn_v"], "Q6_K");
  EXPECT_EQ(formats["attn_output"], "IQ4_KS");
  EXPECT_EQ(formats["ffn_down"], "BF16");
  EXPECT_EQ(model.weights.total_bytes(table).base(), 1000.0 * 144 + 4 * 1024 - 1024 + 128 +
                                                         256 * (84 + 110 + 210 + 140) +
                                                         2 * 512 * 272 + 256 * 1024);
  EXPECT_TRUE(model.llm.tied_embeddings);
  EXPECT_EQ(model.weights.scheme, "mostly Q8_0");  // no file type is stated
}

TEST(GgufModel, PredictionLayersAreHeldAndNotRead) {
  // Block 46 of 47 predicts a further token: a layer like the others and what joins it to them.
  const ShippedFormats& formats = shipped_formats();
  Llm llm = all_models().at("glm-4.5-air");
  const std::size_t layers = llm.layers.size();
  llm.layers.push_back(llm.layers.back());
  const WeightAssignment all = formats.schemes.assign("Q8_0", llm, formats.table);
  test::GgufWriter file = test::gguf_of(llm, all, formats.table, {"glm4moe", 7});
  file.tensor("blk.46.nextn.eh_proj.weight", {8192, 4096}, 8, 4096 * 256 * 34);
  const GgufModel model = model_of(file);
  EXPECT_EQ(model.llm.layers.size(), layers);
  EXPECT_EQ(model.llm.mtp_layers, 1);
  EXPECT_EQ(model.weights.name(), "Q8_0 + MTP");
  EXPECT_EQ(model.weights.total_bytes(formats.table).base(),
            all.total_bytes(formats.table).base() + 4096.0 * 256 * 34);
  EXPECT_EQ(parameters_read_per_token(model.llm),
            parameters_read_per_token(all_models().at("glm-4.5-air")));
}

std::string fault_of(const std::function<void(test::GgufWriter&)>& change) {
  test::GgufWriter file;
  change(file);
  return test::error_of([&] { model_of(file); });
}

TEST(GgufModel, NamesWhatItDoesNotKnow) {
  EXPECT_THAT(fault_of([](auto& f) { f.text("general.architecture", "lama"); }),
              testing::AllOf(testing::HasSubstr("x.gguf: architecture 'lama' is not known; did you "
                                                "mean 'llama'?; known are afmoe, apertus"),
                             testing::HasSubstr("xverse")));
  EXPECT_EQ(fault_of([](auto&) {}),
            "x.gguf: no text 'general.architecture'; every GGUF model names its own");
  EXPECT_EQ(fault_of([](auto& f) { f.text("general.type", "adapter"); }),
            "x.gguf: holds a 'adapter' ('general.type'), not a model");
}

TEST(GgufModel, ListsWhatIsMissingOrContradictsTheKeys) {
  EXPECT_THAT(fault_of([](auto& f) {
                f.text("general.architecture", "llama");
                f.u32("llama.embeding_length", 4096);
              }),
              testing::HasSubstr("key 'llama.embedding_length' is missing; did you mean "
                                 "'llama.embeding_length'?"));
  test::GgufWriter file = written("llama-3.2-1b", "Q8_0", {"llama", 7});
  file.tensor("blk.3.attn_gate_extra.weight", {2048, 8192}, 8, 8192 * 64 * 34);
  EXPECT_THAT(test::config_error_of([&] { model_of(file); }),
              testing::HasSubstr("tensor 'blk.3.attn_gate_extra.weight' of 2048 x 8192 has no "
                                 "place in architecture 'llama'"));
}

TEST(GgufModel, ADoubleWidthMustAgreeWithTheKeys) {
  Llm llm = all_models().at("llama-3.2-1b");
  const auto& formats = shipped_formats();
  const WeightAssignment weights = formats.schemes.assign("Q8_0", llm, formats.table);
  llm.layers[2].attention->heads = 16;  // its file then has a narrower q
  test::GgufWriter file = test::gguf_of(llm, weights, formats.table, {"llama", 7});
  EXPECT_THAT(test::config_error_of([&] { model_of(file); }),
              testing::HasSubstr("tensor 'blk.2.attn_output.weight' is 1024 x 2048; by the keys "
                                 "its 'attn_output' is 2048 x 2048"));
}

}  // namespace
}  // namespace foretoken::model
