#include "model/hf_config.h"

#include <cmath>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/text_file.h"
#include "model/kv_cache.h"
#include "model/tensors.h"
#include "tests/model/model_files.h"

namespace foretoken::model {
namespace {

const std::string kConfigs = std::string(FORETOKEN_TESTS_DIR) + "/model/configs";

double kv_elements(const Llm& llm) {
  double sum = 0.0;
  for (const KvDemand& demand : kv_demands(llm)) sum += demand.elements_at(100000.0);
  return sum;
}

// Files that leave out what the architecture file knows: smallthinker-21b-a3b's config has no
// window.
const std::set<std::string> kConfigsWithoutWindow = {"smallthinker-21b-a3b"};

TEST(HfConfig, AgreesWithTheArchitectureFileOfTheSameModel) {
  int read = 0;
  for (const std::string& path : files_in(kConfigs, ".json")) {
    SCOPED_TRACE(path);
    Llm llm;
    try {
      llm = read_hf_config(path);
    } catch (const Error& error) {
      ADD_FAILURE() << error.what();
      continue;
    }
    ++read;
    const auto found = all_models().find(llm.id);
    ASSERT_NE(found, all_models().end());
    const Llm& known = found->second;
    EXPECT_NEAR(parameter_count(llm) / parameter_count(known), 1.0, 1e-6);
    EXPECT_NEAR(parameters_read_per_token(llm) / parameters_read_per_token(known), 1.0, 1e-6);
    EXPECT_DOUBLE_EQ(state_elements(llm), state_elements(known));
    if (kConfigsWithoutWindow.count(llm.id) == 0) {
      EXPECT_DOUBLE_EQ(kv_elements(llm), kv_elements(known));
      EXPECT_EQ(llm.arch_class == known.arch_class || known.arch_class == "dense", true)
          << llm.arch_class << " and " << known.arch_class;
    }
    EXPECT_EQ(llm.layers.size(), known.layers.size());
    EXPECT_EQ(llm.tied_embeddings, known.tied_embeddings);
    EXPECT_EQ(llm.fused_qkv, known.fused_qkv);
  }
  EXPECT_EQ(read, 168);
}

struct OtherConfig {
  const char* model;
  const char* config;
};

// Types with keys of their own, as their files have them.
const OtherConfig kOtherConfigs[] = {
    {"falcon-7b", R"({"model_type": "falcon", "hidden_size": 4544, "num_hidden_layers": 32,
      "num_attention_heads": 71, "multi_query": true, "vocab_size": 65024, "bias": false})"},
    {"mpt-7b", R"({"model_type": "mpt", "d_model": 4096, "n_layers": 32, "n_heads": 32,
      "vocab_size": 50432, "max_seq_len": 2048, "no_bias": true})"},
    {"bloom-7b1", R"({"model_type": "bloom", "hidden_size": 4096, "n_layer": 30,
      "num_attention_heads": 32, "vocab_size": 250880})"},
    {"opt-2.7b", R"({"model_type": "opt", "hidden_size": 2560, "num_hidden_layers": 32,
      "num_attention_heads": 32, "ffn_dim": 10240, "vocab_size": 50272,
      "max_position_embeddings": 2048})"},
    {"gpt-j-6b", R"({"model_type": "gptj", "n_embd": 4096, "n_layer": 28, "n_head": 16,
      "n_inner": null, "vocab_size": 50400, "tie_word_embeddings": false})"},
    {"pythia-12b", R"({"model_type": "gpt_neox", "hidden_size": 5120, "num_hidden_layers": 36,
      "num_attention_heads": 40, "intermediate_size": 20480, "vocab_size": 50688})"},
    {"olmo-2-13b", R"({"model_type": "olmo2", "hidden_size": 5120, "num_hidden_layers": 40,
      "num_attention_heads": 40, "intermediate_size": 13824, "vocab_size": 100352})"},
    {"command-r7b", R"({"model_type": "cohere2", "hidden_size": 4096, "num_hidden_layers": 32,
      "num_attention_heads": 32, "num_key_value_heads": 8, "intermediate_size": 14336,
      "vocab_size": 256000, "sliding_window": 4096, "sliding_window_pattern": 4})"},
    {"stablelm-3b-4e1t", R"({"model_type": "stablelm", "hidden_size": 2560,
      "num_hidden_layers": 32, "num_attention_heads": 32, "intermediate_size": 6912,
      "vocab_size": 50304, "use_qkv_bias": false})"},
    {"granite-4.0-h-tiny", R"({"model_type": "granitemoehybrid", "hidden_size": 1536,
      "num_hidden_layers": 10, "num_attention_heads": 12, "num_key_value_heads": 4,
      "vocab_size": 100352, "num_local_experts": 64, "num_experts_per_tok": 6,
      "intermediate_size": 512, "shared_intermediate_size": 1024, "mamba_n_heads": 48,
      "mamba_d_head": 64, "mamba_d_state": 128, "mamba_n_groups": 1, "mamba_d_conv": 4,
      "layer_types": ["mamba", "mamba", "mamba", "mamba", "mamba", "attention", "mamba", "mamba",
                      "mamba", "mamba"]})"},
};

TEST(HfConfig, ReadsTypesWithKeysOfTheirOwn) {
  for (const OtherConfig& other : kOtherConfigs) {
    SCOPED_TRACE(other.model);
    const Llm llm = parse_hf_config(other.config, "config.json", other.model);
    Llm known = all_models().at(other.model);
    // The first period of the hybrid stands for all of them.
    known.layers.resize(llm.layers.size());
    EXPECT_EQ(parameter_count(llm), parameter_count(known));
    EXPECT_EQ(kv_elements(llm), kv_elements(known));
    EXPECT_EQ(llm.layers, known.layers);
  }
}

const std::string kLlamaLike = R"({
  "model_type": "newcomer",
  "hidden_size": 64,
  "intermediate_size": 128,
  "num_hidden_layers": 2,
  "num_attention_heads": 4,
  "num_key_value_heads": 2,
  "vocab_size": 1000
})";

std::string replaced(const std::string& from, const std::string& to) {
  std::string text = kLlamaLike;
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  if (at != std::string::npos) text.replace(at, from.size(), to);
  return text;
}

std::string message_of(const std::string& text) {
  try {
    parse_hf_config(text, "config.json", "newcomer");
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(HfConfig, ReadsAnUnknownTypeWithLlamasKeysAsLlamaLike) {
  const Llm llm = parse_hf_config(kLlamaLike, "config.json", "newcomer");
  EXPECT_EQ(llm.family, "newcomer");
  EXPECT_EQ(llm.arch_class, "dense");
  const double layer = 2 * 64 * 64 + 2 * 32 * 64 + 3 * 64 * 128 + 2 * 64;
  EXPECT_EQ(parameter_count(llm), 2 * layer + 2 * 64000 + 64);
  EXPECT_EQ(llm.default_format, "");
}

TEST(HfConfig, RefusesAnUnknownTypeWithoutLlamasKeys) {
  EXPECT_EQ(message_of(replaced("\"intermediate_size\": 128,", "\"ffn_dim\": 128,")),
            "config.json:2: model type 'newcomer' is not known and cannot be read as llama-like: "
            "key 'intermediate_size' is missing");
}

TEST(HfConfig, NamesFileKeyAndWhatWasExpected) {
  EXPECT_THAT(message_of(replaced("\"hidden_size\": 64,", "")),
              testing::HasSubstr("config.json: key 'hidden_size' is missing (or n_embd, d_model)"));
  EXPECT_EQ(message_of(replaced("\"hidden_size\": 64", "\"hidden_size\": -64")),
            "config.json:3: 'hidden_size' must be a whole number of 1 to 16777216; found -64");
  EXPECT_THAT(message_of(replaced("\"hidden_size\": 64", "\"hidden_size\": 0")),
              testing::HasSubstr("found 0"));
  EXPECT_THAT(message_of(replaced("\"hidden_size\": 64", "\"hidden_size\": 64.5")),
              testing::HasSubstr("found 64.5"));
  EXPECT_THAT(message_of(replaced("\"hidden_size\": 64", "\"hidden_size\": \"64\"")),
              testing::HasSubstr("'hidden_size' must be a whole number"));
  EXPECT_THAT(message_of(replaced("\"vocab_size\": 1000", "\"vocab_size\": 18446744073709551615")),
              testing::HasSubstr("config.json:8: 'vocab_size' must be a whole number"));
  EXPECT_THAT(message_of(replaced("\"vocab_size\": 1000", "\"vocab_size\": 1e300")),
              testing::HasSubstr("'vocab_size' must be a whole number"));
  EXPECT_THAT(message_of(replaced("\"vocab_size\": 1000", "\"vocab_size\": NaN")),
              testing::HasSubstr("config.json:8"));
  EXPECT_THAT(message_of(replaced("\"num_key_value_heads\": 2", "\"num_key_value_heads\": 3")),
              testing::HasSubstr("4 heads cannot share 3 kv_heads evenly"));
  EXPECT_THAT(message_of(replaced("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 1000000")),
              testing::HasSubstr("'num_hidden_layers' must be a whole number of 1 to 1024"));
  EXPECT_THAT(message_of(replaced("\"vocab_size\": 1000",
                                  "\"vocab_size\": 1000, \"layer_types\": [\"fancy\", \"conv\"]")),
              testing::HasSubstr("unknown layer type 'fancy'"));
  EXPECT_THAT(message_of(replaced("\"vocab_size\": 1000",
                                  "\"vocab_size\": 1000, \"layer_types\": [\"full_attention\"]")),
              testing::HasSubstr("'num_hidden_layers' is 2 and 1 layers are described"));
}

TEST(HfConfig, RefusesWhatIsNoConfig) {
  EXPECT_THAT(message_of(kLlamaLike.substr(0, 60)), testing::HasSubstr("config.json:"));
  EXPECT_THAT(message_of("[1, 2]"), testing::HasSubstr("holds one object"));
  EXPECT_THAT(message_of("{}"), testing::HasSubstr("key 'hidden_size' is missing"));
  EXPECT_THAT(message_of(""), testing::HasSubstr("config.json"));
  EXPECT_THROW(read_hf_config("/nonexistent/config.json"), Error);
}

// Every way to spoil one value ends in a message or a model, never in a crash.
TEST(HfConfig, SurvivesEverySpoiltValue) {
  const std::string text = read_text_file(kConfigs + "/deepseek-v4-flash.json");
  for (const std::string bad : {"-1", "0", "null", "\"x\"", "[]", "{}", "1e308", "true"}) {
    for (std::size_t at = text.find(": "); at != std::string::npos; at = text.find(": ", at + 1)) {
      const auto end = text.find_first_of(",\n", at);
      std::string spoilt = text;
      spoilt.replace(at + 2, end - at - 2, bad);
      try {
        const Llm llm = parse_hf_config(spoilt, "spoilt.json", "spoilt");
        EXPECT_TRUE(std::isfinite(parameter_count(llm)));
      } catch (const Error&) {
      }
    }
  }
}

TEST(HfConfig, RemembersTheStatedWeightFormat) {
  const auto format = [](const std::string& config) {
    return parse_hf_config(replaced("\"vocab_size\": 1000", "\"vocab_size\": 1000, " + config),
                           "config.json", "q")
        .default_format;
  };
  EXPECT_EQ(format(R"("quantization_config": {"quant_method": "awq", "bits": 4})"), "awq");
  EXPECT_EQ(format(R"("quantization_config": {"quant_method": "fp8",
                      "weight_block_size": [128, 128]})"),
            "fp8_block");
  EXPECT_EQ(format(R"("quantization_config": {"quant_method": "mxfp4"})"), "mxfp4");
  EXPECT_EQ(format(R"("quantization": {"group_size": 64, "bits": 4})"), "mlx-4bit");
  EXPECT_EQ(format(R"("quantization_config": {"quant_method": "compressed-tensors",
                      "config_groups": {"group_0": {"weights": {"num_bits": 8, "type": "int"},
                      "input_activations": {"num_bits": 8}}}})"),
            "w8a8-int8");
}

}  // namespace
}  // namespace foretoken::model
