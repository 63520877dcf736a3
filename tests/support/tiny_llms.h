#pragma once

/// Models of one to four small layers, one of each kind of architecture that GGUF knows: seeds for
/// tests that change files byte by byte.

#include <string>
#include <vector>

#include "model/llm.h"
#include "tests/support/gguf_of_llm.h"

namespace foretoken::test {

struct TinyLlm {
  std::string name;
  std::string scheme;
  GgufKind kind;
  model::Llm llm;
};

inline std::vector<TinyLlm> tiny_llms() {
  using namespace model;
  const auto llm_of = [](const std::string& family, std::vector<Layer> layers) {
    Llm llm;
    llm.id = llm.name = "tiny-" + family;
    llm.family = family;
    llm.hidden = 256;
    llm.vocab = 320;
    llm.layers = std::move(layers);
    return llm;
  };
  const AttentionShape attention{.heads = 4, .kv_heads = 2, .head_dim = 64, .value_dim = 64};
  const DenseFfn ffn{.width = 512};
  const MoeFfn moe{.experts = 4, .experts_per_token = 2, .width = 256, .shared_width = 256};
  AttentionShape window = attention;
  window.window = 128;
  Layer dense{.attention = attention, .dense = ffn};
  Layer windowed{.attention = window, .dense = ffn};
  Layer routed{.attention = attention, .moe = moe};
  const MlaShape mla{
      .heads = 4, .kv_lora_rank = 256, .nope_dim = 64, .rope_dim = 32, .value_dim = 64};
  Layer latent{.mla = mla, .moe = moe};
  Layer mamba{.mamba =
                  Mamba2Shape{.heads = 8, .head_dim = 32, .state = 16, .groups = 2, .conv = 4}};
  mamba.norms = 1;
  Layer only_attention{.attention = attention};
  only_attention.norms = 1;
  Layer only_dense{.dense = DenseFfn{.width = 512, .gated = false}};
  only_dense.norms = 1;
  Layer delta{.delta_net =
                  GatedDeltaNetShape{
                      .key_heads = 2, .value_heads = 4, .key_dim = 64, .value_dim = 64, .conv = 4},
              .moe = moe};
  AttentionShape gated = attention;
  gated.gate_outputs = 4 * 64;
  gated.qk_norm_params = 2 * 64;
  Layer gated_full{.attention = gated, .moe = moe};
  Layer conv{.short_conv = ShortConvShape{.kernel = 3}, .dense = ffn};
  Layer rwkv{.rwkv = RwkvShape{.head_dim = 64, .lora_w = 32, .lora_a = 32, .lora_g = 32},
             .dense = DenseFfn{.width = 512, .gated = false}};
  Llm rwkv_llm = llm_of("rwkv7", {rwkv});
  rwkv_llm.norm_width = 2;
  return {
      {"llama", "Q4_K_M", {"llama", 15}, llm_of("llama", {dense, dense})},
      {"mixtral", "Q8_0", {"llama", 7}, llm_of("llama", {routed})},
      {"gpt-oss", "Q4_0", {"gpt-oss", 2}, llm_of("gpt_oss", {windowed, dense})},
      {"deepseek2", "Q4_K_M", {"deepseek2", 15}, llm_of("deepseek_v2", {latent})},
      {"deepseek2-old", "F16", {"deepseek2", 1, true, false}, llm_of("deepseek_v2", {latent})},
      {"nemotron-h",
       "Q5_0",
       {"nemotron_h", 8},
       llm_of("nemotron_h", {mamba, only_dense, only_attention})},
      {"qwen3next", "IQ4_XS", {"qwen3next", 30}, llm_of("qwen3_next", {delta, gated_full})},
      {"lfm2", "Q6_K", {"lfm2", 18}, llm_of("lfm2", {conv, dense})},
      {"rwkv7", "BF16", {"rwkv7", 32}, std::move(rwkv_llm)},
  };
}

}  // namespace foretoken::test
