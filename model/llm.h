#pragma once

/// The architecture of a language model as one value: every layer with its mixers and its FFN,
/// shapes only. What a layer does not have is absent. Read from `data/models/<id>.yaml` or from a
/// Hugging Face `config.json`. Shapes are counts of elements.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace foretoken::model {

/// Softmax attention with its own or another layer's KV cache (MHA, GQA, MQA).
struct AttentionShape {
  std::int64_t heads = 0;
  std::int64_t kv_heads = 0;
  std::int64_t head_dim = 0;   ///< of q and k
  std::int64_t value_dim = 0;  ///< of v; head_dim when equal
  std::int64_t window = 0;     ///< sliding window in tokens; 0: full attention
  bool chunked = false;        ///< the window is a fixed chunk that starts over, not a sliding one
  bool qkv_bias = false;
  bool o_bias = false;
  std::int64_t qk_norm_params = 0;  ///< parameters of q and k norms together
  std::int64_t gate_outputs = 0;    ///< rows of an output gate's projection; 0: none
  bool sinks = false;               ///< one learned sink logit a head
  bool key_is_value = false;        ///< v shares k's projection (no v weights)
  bool reuses_kv = false;           ///< attends to an earlier layer's cache, stores none
  bool has_kv_weights = true;       ///< false when a reusing layer has no k and v weights; a
                                    ///< reusing layer that has them never reads them
  bool attn_sub_norm = false;       ///< a norm before the output projection
  friend bool operator==(const AttentionShape&, const AttentionShape&) = default;
};

/// Multi-head latent attention (DeepSeek): the cache holds kv_lora_rank + rope_dim a token. With
/// kv_lora_rank 0 (DeepSeek V4) k and v are one shared head of value_dim, cached as it is.
struct MlaShape {
  std::int64_t heads = 0;
  std::int64_t q_lora_rank = 0;  ///< 0: q is projected directly
  std::int64_t kv_lora_rank = 0;
  std::int64_t nope_dim = 0;
  std::int64_t rope_dim = 0;
  std::int64_t value_dim = 0;
  std::int64_t index_heads = 0;  ///< sparse attention's indexer; 0: none
  std::int64_t index_dim = 0;
  std::int64_t index_topk = 0;
  std::int64_t o_groups = 0;  ///< grouped low-rank output projection; 0: dense
  std::int64_t o_lora_rank = 0;
  std::int64_t compress_ratio = 0;  ///< KV compressed by this ratio beyond the window; 0: none
  std::int64_t window = 0;          ///< 0: full attention
  friend bool operator==(const MlaShape&, const MlaShape&) = default;
};

/// Mamba-2 mixer.
struct Mamba2Shape {
  std::int64_t heads = 0;
  std::int64_t head_dim = 0;
  std::int64_t state = 0;
  std::int64_t groups = 0;
  std::int64_t conv = 0;
  bool norm = true;
  friend bool operator==(const Mamba2Shape&, const Mamba2Shape&) = default;
};

/// Gated delta net (Qwen3-Next) mixer.
struct GatedDeltaNetShape {
  std::int64_t key_heads = 0;
  std::int64_t value_heads = 0;
  std::int64_t key_dim = 0;
  std::int64_t value_dim = 0;
  std::int64_t conv = 0;
  friend bool operator==(const GatedDeltaNetShape&, const GatedDeltaNetShape&) = default;
};

/// RWKV time mixing; version 4 or 7.
struct RwkvShape {
  int version = 7;
  std::int64_t head_dim = 0;
  std::int64_t lora_w = 0;
  std::int64_t lora_a = 0;
  std::int64_t lora_v = 0;
  std::int64_t lora_g = 0;
  friend bool operator==(const RwkvShape&, const RwkvShape&) = default;
};

/// Gated short convolution (LFM2).
struct ShortConvShape {
  std::int64_t kernel = 0;
  friend bool operator==(const ShortConvShape&, const ShortConvShape&) = default;
};

struct DenseFfn {
  std::int64_t width = 0;
  bool gated = true;
  bool bias = false;
  bool sub_norm = false;  ///< a norm before the down projection (BitNet)
  friend bool operator==(const DenseFfn&, const DenseFfn&) = default;
};

struct MoeFfn {
  std::int64_t experts = 0;
  std::int64_t experts_per_token = 0;
  std::int64_t width = 0;         ///< of one routed expert
  std::int64_t shared_width = 0;  ///< of all shared experts together; 0: none
  bool gated = true;
  bool expert_bias = false;
  bool router_bias = false;
  bool shared_gate = false;  ///< one gate row for the shared expert
  std::int64_t latent = 0;   ///< experts work in a latent space of this width; 0: hidden
  friend bool operator==(const MoeFfn&, const MoeFfn&) = default;
};

/// One decoder layer. A parallel hybrid layer (Falcon-H1) has attention and mamba; a Nemotron-H
/// layer has one mixer or one FFN only; a layer with `dense` and `moe` (Gemma 4) runs both.
struct Layer {
  std::optional<AttentionShape> attention;
  std::optional<AttentionShape> cross_attention;  ///< encoder-decoder models
  std::optional<MlaShape> mla;
  std::optional<Mamba2Shape> mamba;
  std::optional<GatedDeltaNetShape> delta_net;
  std::optional<RwkvShape> rwkv;
  std::optional<ShortConvShape> short_conv;
  std::optional<DenseFfn> dense;
  std::optional<MoeFfn> moe;
  int norms = 2;
  std::int64_t extra_params =
      0;  ///< small vectors that no operator streams apart (hyper-connections)
  friend bool operator==(const Layer&, const Layer&) = default;
};

/// Per-layer embeddings and kin of Gemma 3n and 4.
struct PerLayerInput {
  std::int64_t dim = 0;  ///< 0: none
  std::int64_t vocab = 0;
  std::int64_t altup = 0;  ///< AltUp streams; 0: none
  std::int64_t laurel_rank = 0;
};

/// Hyper-connections (mHC): several residual streams, mixed before and after every half of a layer
/// by a matrix that is made doubly stochastic by Sinkhorn rounds (arXiv 2512.24880).
struct HyperConnections {
  std::int64_t streams = 0;  ///< 0: none
  std::int64_t rounds = 0;   ///< of row and column normalization
};

struct Llm {
  std::string id;
  std::string name;  ///< Hugging Face name
  std::vector<std::string> aliases;
  std::string family;
  std::string arch_class;  ///< dense, moe, mla, swa, moe-swa, hybrid, hybrid-moe, ssm, ...
  std::int64_t hidden = 0;
  std::int64_t vocab = 0;
  bool tied_embeddings = false;
  bool lm_head_bias = false;
  bool embed_norm = false;
  std::int64_t position_rows = 0;  ///< learned position table; 0: none
  std::int64_t norm_width = 1;     ///< parameters a hidden element of one norm: 1 rms, 2 with bias
  bool parallel_block = false;     ///< attention and FFN read the same normed input
  bool fused_qkv = false;          ///< files hold q, k and v as one tensor
  std::vector<Layer> layers;
  std::int64_t encoder_layers = 0;  ///< leading layers that run once for a prompt, not each token
  PerLayerInput per_layer;
  HyperConnections hyper;
  std::int64_t mtp_layers = 0;  ///< multi-token-prediction layers after `layers`, not in any count
  bool mtp_own_tables = false;  ///< each of them has an embedding and a head of its own
  std::int64_t max_context = 0;
  std::string default_format;  ///< weight format the published files have; "" when 16-bit
  std::optional<double> published_params;
  bool published_includes_mtp = false;
  std::optional<double> published_active_params;
  std::string source;
  std::string notes;
};

}  // namespace foretoken::model
