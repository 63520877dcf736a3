#include "model/llm_yaml.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "model/tensors.h"

namespace foretoken::model {
namespace {

const std::string kTiny = R"(schema: 1
id: tiny
name: Example/Tiny
aliases: [tiny-one]
family: example
arch_class: swa
hidden: 100
vocab: 1000
tied_embeddings: true
layers: (SA)2
layer_types:
  S:
    attention: {heads: 4, kv_heads: 2, head_dim: 10, window: 8}
    ffn: {width: 50}
  A:
    attention: {heads: 4, kv_heads: 2, head_dim: 10, qk_norm: head}
    moe: {experts: 8, experts_per_token: 2, width: 20, shared_width: 30}
source: invented
)";

std::string replaced(const std::string& from, const std::string& to) {
  std::string text = kTiny;
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  if (at != std::string::npos) text.replace(at, from.size(), to);
  return text;
}

std::string message_of(const std::string& text) {
  try {
    parse_llm(text, "tiny.yaml");
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(LlmYaml, ReadsLayersByPattern) {
  const Llm llm = parse_llm(kTiny, "tiny.yaml");
  ASSERT_EQ(llm.layers.size(), 4U);
  EXPECT_EQ(llm.layers[0].attention->window, 8);
  EXPECT_EQ(llm.layers[1].attention->window, 0);
  EXPECT_EQ(llm.layers[1].attention->qk_norm_params, 20);
  EXPECT_EQ(llm.layers[0], llm.layers[2]);
  EXPECT_FALSE(llm.layers[0].moe);
  EXPECT_EQ(llm.layers[3].moe->shared_width, 30);
  EXPECT_EQ(llm.norm_width, 1);
  // Embedding and last norm; q, o and k, v and two norms a layer; the two kinds of FFN.
  const double attention = 2 * 4000 + 2 * 2000 + 200;
  const double dense = 3 * 50 * 100;
  const double moe = 8 * 100 + 8 * 3 * 20 * 100 + 3 * 30 * 100 + 20;
  EXPECT_EQ(parameter_count(llm), 100100 + 4 * attention + 2 * dense + 2 * moe);
  const double unread = 2 * 6 * 3 * 20 * 100;
  EXPECT_EQ(parameters_read_per_token(llm), parameter_count(llm) - unread);
}

TEST(LlmYaml, NamesTheUnknownKeyAndItsPlace) {
  const std::string message = message_of(replaced("hidden: 100", "hiden: 100"));
  EXPECT_THAT(message, testing::HasSubstr("tiny.yaml:7"));
  EXPECT_THAT(message, testing::HasSubstr("hiden"));
  EXPECT_THAT(message, testing::HasSubstr("did you mean 'hidden'"));
}

TEST(LlmYaml, RefusesWhatCannotBe) {
  EXPECT_THAT(message_of(replaced("hidden: 100", "hidden: -100")), testing::HasSubstr("hidden"));
  EXPECT_THAT(message_of(replaced("hidden: 100", "hidden: 99999999999999999999")),
              testing::HasSubstr("hidden"));
  EXPECT_THAT(message_of(replaced("hidden: 100", "hidden: .nan")), testing::HasSubstr("hidden"));
  EXPECT_THAT(message_of(replaced("kv_heads: 2, head_dim: 10, window",
                                  "kv_heads: 3, head_dim: 10, window")),
              testing::HasSubstr("4 heads cannot share 3 kv_heads evenly"));
  EXPECT_THAT(message_of(replaced("experts_per_token: 2", "experts_per_token: 9")),
              testing::HasSubstr("9 experts_per_token of 8 experts"));
  EXPECT_THAT(message_of(replaced("(SA)2", "(SB)2")),
              testing::HasSubstr("layer type 'B' is not in 'layer_types'"));
  EXPECT_THAT(message_of(replaced("(SA)2", "(SA2")), testing::HasSubstr("'(' is not closed"));
  EXPECT_THAT(message_of(replaced("(SA)2", "S3")),
              testing::HasSubstr("layer type 'A' must be one letter used in 'layers'"));
  EXPECT_THAT(message_of(replaced("source: invented\n", "")), testing::HasSubstr("source"));
  EXPECT_THAT(message_of(replaced("schema: 1", "schema: 2")), testing::HasSubstr("schema"));
  EXPECT_THAT(message_of(replaced("tied_embeddings: true", "tied_embeddings: maybe")),
              testing::HasSubstr("tied_embeddings"));
}

TEST(LlmYaml, RefusesShapesThatMissThePublishedCount) {
  const std::string message =
      message_of(replaced("source: invented", "published_params: 400000\nsource: invented"));
  EXPECT_THAT(message, testing::HasSubstr("published are 4e+05"));
}

}  // namespace
}  // namespace foretoken::model
