#include "model/gguf_family.h"

#include <algorithm>
#include <array>

namespace foretoken::model {
namespace {

constexpr std::int64_t kLlama4Chunk = 8192;

// Windows as llama.cpp's `set_swa_pattern` has them. Architectures whose mixers this product does
// not describe (Mamba-1, RWKV-6, encoders, diffusion) are left out.
constexpr std::array kFamilies = {
    GgufFamily{.architecture = "llama", .family = "llama"},
    GgufFamily{.architecture = "llama4",
               .family = "llama4",
               .window_period = 4,
               .window = kLlama4Chunk,
               .chunked = true},
    GgufFamily{.architecture = "mistral3", .family = "mistral"},
    GgufFamily{.architecture = "qwen", .family = "qwen"},
    GgufFamily{.architecture = "qwen2", .family = "qwen2"},
    GgufFamily{.architecture = "qwen2vl", .family = "qwen2"},
    GgufFamily{.architecture = "qwen2moe", .family = "qwen2moe"},
    GgufFamily{.architecture = "qwen3", .family = "qwen3"},
    GgufFamily{.architecture = "qwen3vl", .family = "qwen3"},
    GgufFamily{.architecture = "qwen3moe", .family = "qwen3moe"},
    GgufFamily{.architecture = "qwen3vlmoe", .family = "qwen3moe"},
    GgufFamily{.architecture = "qwen3next", .family = "qwen3_next"},
    GgufFamily{.architecture = "qwen35", .family = "qwen3_5"},
    GgufFamily{.architecture = "qwen35moe", .family = "qwen3_5_moe"},
    GgufFamily{.architecture = "gemma", .family = "gemma"},
    GgufFamily{.architecture = "gemma2", .family = "gemma2", .window_period = 2},
    GgufFamily{.architecture = "gemma3", .family = "gemma3", .window_period = 6},
    GgufFamily{.architecture = "gemma3n", .family = "gemma3n", .window_period = 5},
    GgufFamily{.architecture = "gemma4", .family = "gemma4", .window_period = 6},
    GgufFamily{.architecture = "phi2", .family = "phi", .parallel_block = true},
    GgufFamily{.architecture = "phi3", .family = "phi3"},
    GgufFamily{.architecture = "phimoe", .family = "phimoe"},
    GgufFamily{.architecture = "gpt-oss", .family = "gpt_oss", .window_period = 2},
    GgufFamily{.architecture = "deepseek", .family = "deepseek_moe"},
    GgufFamily{.architecture = "deepseek2", .family = "deepseek_v3"},
    GgufFamily{.architecture = "glm4", .family = "glm4"},
    GgufFamily{.architecture = "glm4moe", .family = "glm4_moe"},
    GgufFamily{.architecture = "chatglm", .family = "chatglm"},
    GgufFamily{.architecture = "dots1", .family = "dots1"},
    GgufFamily{.architecture = "hunyuan-moe", .family = "hunyuan_v1_moe"},
    GgufFamily{.architecture = "hunyuan-dense", .family = "hunyuan_v1_dense"},
    GgufFamily{.architecture = "ernie4_5", .family = "ernie4_5"},
    GgufFamily{.architecture = "ernie4_5-moe", .family = "ernie4_5_moe"},
    GgufFamily{.architecture = "minimax-m2", .family = "minimax_m2"},
    GgufFamily{.architecture = "olmo2", .family = "olmo2", .window_period = 4},
    GgufFamily{.architecture = "olmoe", .family = "olmoe"},
    GgufFamily{.architecture = "granite", .family = "granite"},
    GgufFamily{.architecture = "granitemoe", .family = "granitemoe"},
    GgufFamily{.architecture = "granitehybrid", .family = "granitemoehybrid"},
    GgufFamily{.architecture = "lfm2", .family = "lfm2", .final_norm_is_token_norm = true},
    GgufFamily{.architecture = "lfm2moe", .family = "lfm2_moe", .final_norm_is_token_norm = true},
    GgufFamily{.architecture = "afmoe", .family = "afmoe", .window_period = 4},
    GgufFamily{.architecture = "smallthinker",
               .family = "smallthinker",
               .window_period = 4,
               .full_first = true},
    GgufFamily{.architecture = "nemotron", .family = "nemotron"},
    GgufFamily{.architecture = "nemotron_h", .family = "nemotron_h"},
    GgufFamily{.architecture = "nemotron_h_moe", .family = "nemotron_h"},
    GgufFamily{.architecture = "falcon", .family = "falcon", .parallel_block = true},
    GgufFamily{.architecture = "falcon-h1", .family = "falcon_h1"},
    GgufFamily{.architecture = "apertus", .family = "apertus"},
    GgufFamily{.architecture = "arcee", .family = "arcee"},
    GgufFamily{.architecture = "smollm3", .family = "smollm3"},
    GgufFamily{.architecture = "starcoder", .family = "starcoder"},
    GgufFamily{.architecture = "starcoder2", .family = "starcoder2"},
    GgufFamily{.architecture = "stablelm", .family = "stablelm"},
    GgufFamily{.architecture = "command-r", .family = "cohere", .parallel_block = true},
    GgufFamily{
        .architecture = "cohere2", .family = "cohere2", .window_period = 4, .parallel_block = true},
    GgufFamily{.architecture = "gptneox", .family = "gpt_neox", .parallel_block = true},
    GgufFamily{.architecture = "gpt2", .family = "gpt2"},
    GgufFamily{.architecture = "bloom", .family = "bloom"},
    GgufFamily{.architecture = "mpt", .family = "mpt"},
    GgufFamily{.architecture = "exaone", .family = "exaone"},
    GgufFamily{.architecture = "exaone4", .family = "exaone4", .window_period = 4},
    GgufFamily{.architecture = "internlm2", .family = "internlm2"},
    GgufFamily{.architecture = "baichuan", .family = "baichuan"},
    GgufFamily{.architecture = "minicpm", .family = "minicpm"},
    GgufFamily{.architecture = "minicpm3", .family = "minicpm3"},
    GgufFamily{.architecture = "bitnet", .family = "bitnet"},
    GgufFamily{.architecture = "orion", .family = "orion"},
    GgufFamily{.architecture = "xverse", .family = "xverse"},
    GgufFamily{.architecture = "seed_oss", .family = "seed_oss"},
    GgufFamily{.architecture = "rwkv7", .family = "rwkv7"},
};

}  // namespace

const GgufFamily* gguf_family(std::string_view architecture) {
  const auto* found = std::find_if(kFamilies.begin(), kFamilies.end(), [&](const GgufFamily& f) {
    return f.architecture == architecture;
  });
  return found == kFamilies.end() ? nullptr : found;
}

std::vector<std::string> gguf_architectures() {
  std::vector<std::string> names;
  for (const GgufFamily& family : kFamilies) names.emplace_back(family.architecture);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace foretoken::model
