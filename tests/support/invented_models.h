#pragma once

/// Invented language models. The dense one has 10 layers of 9 million weights (q and o 1 million
/// each, k and v half a million each, gate, up and down 2 million each) and a head of 10 million.

#include <cstdint>
#include <string>

#include <fmt/format.h>

#include "model/llm.h"
#include "model/llm_yaml.h"

namespace foretoken::test {

inline std::string dense_text(const std::string& id = "tenfold", int layers = 10,
                              int hidden = 1000) {
  return fmt::format(R"(schema: 1
id: {0}
name: invented/{0}
family: invented
arch_class: dense
hidden: {2}
vocab: 10000
tied_embeddings: false
layers: A{1}
layer_types:
  A:
    attention: {{heads: {3}, kv_heads: {4}, head_dim: 100}}
    ffn: {{width: {5}}}
source: invented for tests
)",
                     id, layers, hidden, hidden / 100, hidden / 200, 2 * hidden);
}

/// 8 experts of which a token uses 2; beside the routed ones a shared expert of the same width.
inline const std::string kMoeText = R"(schema: 1
id: eightfold
name: invented/eightfold
family: invented
arch_class: moe
hidden: 1000
vocab: 10000
tied_embeddings: true
layers: A4
layer_types:
  A:
    attention: {heads: 10, kv_heads: 5, head_dim: 100}
    moe: {experts: 8, experts_per_token: 2, width: 500, shared_width: 500}
source: invented for tests
)";

/// Every other layer sees only the last 500 tokens.
inline const std::string kWindowText = R"(schema: 1
id: windowed
name: invented/windowed
family: invented
arch_class: swa
hidden: 1000
vocab: 10000
tied_embeddings: false
layers: (SA)5
layer_types:
  S:
    attention: {heads: 10, kv_heads: 5, head_dim: 100, window: 500}
    ffn: {width: 2000}
  A:
    attention: {heads: 10, kv_heads: 5, head_dim: 100}
    ffn: {width: 2000}
source: invented for tests
)";

inline model::Llm dense_llm() { return model::parse_llm(dense_text(), "tenfold.yaml"); }
inline model::Llm moe_llm() { return model::parse_llm(kMoeText, "eightfold.yaml"); }
inline model::Llm window_llm() { return model::parse_llm(kWindowText, "windowed.yaml"); }

}  // namespace foretoken::test
