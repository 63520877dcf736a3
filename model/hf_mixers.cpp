#include "model/hf_layers.h"

namespace foretoken::model {
namespace {

bool is_full(LayerKind kind) { return kind != LayerKind::Window && kind != LayerKind::Chunked; }

void set_biases(HfContext& c, AttentionShape& a) {
  const bool stated = c.keys.flag("attention_bias", false) || c.keys.flag("use_bias", false);
  a.qkv_bias = c.family.qkv_bias || stated || c.keys.flag("add_qkv_bias", false) ||
               c.keys.flag("use_qkv_bias", false);
  a.o_bias = c.family.o_bias || (stated && !c.family.only_qkv);
}

void set_norm_and_gate(HfContext& c, AttentionShape& a) {
  QkNorm norm = c.family.qk_norm;
  // Where the family leaves the choice to the file, the norm is one of each head. Llama 4's has no
  // parameters.
  if (norm == QkNorm::None && c.family.family != "llama4" && c.keys.flag("use_qk_norm", false)) {
    norm = QkNorm::Head;
  }
  if (norm == QkNorm::Head) a.qk_norm_params = 2 * a.head_dim;
  if (norm == QkNorm::Full) a.qk_norm_params = (a.heads + a.kv_heads) * a.head_dim;
  if (c.family.gate == OutputGate::Head && c.keys.flag("gating", true)) a.gate_outputs = a.heads;
  if (c.family.gate == OutputGate::Element && c.keys.flag("attn_output_gate", true)) {
    a.gate_outputs = a.heads * a.value_dim;
  }
}

AttentionShape attention_of(HfContext& c, std::size_t index, LayerKind kind) {
  AttentionShape a;
  a.heads = c.keys.size_at(
      {"num_attention_heads_per_layer", "num_attention_heads", "n_head", "n_heads"}, index);
  a.kv_heads =
      c.keys.find_size_at({"num_key_value_heads", "multi_query_group_num", "num_kv_heads"}, index);
  a.head_dim = c.keys.find_size({"head_dim", "kv_channels", "attention_head_dim"});
  if (is_full(kind) && c.keys.find_size({"global_head_dim"}) > 0) {
    a.head_dim = c.keys.size({"global_head_dim"});
    const std::int64_t kv = c.keys.find_size({"num_global_key_value_heads"});
    if (kv > 0) a.kv_heads = kv;
    a.key_is_value = c.keys.flag("attention_k_eq_v", false);
  }
  if (a.kv_heads == 0) a.kv_heads = c.keys.flag("multi_query", false) ? 1 : a.heads;
  if (a.head_dim == 0) {
    a.head_dim = c.hidden / a.heads;
    if (a.head_dim == 0) {
      c.keys.fault("num_attention_heads", "'num_attention_heads' is larger than 'hidden_size'");
      a.head_dim = 1;
    }
  }
  a.value_dim = a.head_dim;
  if (kind == LayerKind::Window) a.window = c.keys.size({"sliding_window", "sliding_window_size"});
  if (kind == LayerKind::Chunked) {
    a.window = c.keys.size({"attention_chunk_size"});
    a.chunked = true;
  }
  a.sinks = c.family.family == "gpt_oss";
  a.attn_sub_norm = c.family.sub_norms;
  a.reuses_kv = index >= c.layers - c.shared_kv_layers;
  set_biases(c, a);
  set_norm_and_gate(c, a);
  return a;
}

void set_indexer(HfContext& c, MlaShape& a) {
  a.index_heads = c.keys.find_size({"index_n_heads"});
  if (a.index_heads == 0) return;
  a.index_dim = c.keys.size({"index_head_dim"});
  a.index_topk = c.keys.size({"index_topk"});
}

MlaShape mla_of(HfContext& c) {
  MlaShape a;
  a.heads = c.keys.size({"num_attention_heads"});
  a.q_lora_rank = c.keys.find_size({"q_lora_rank"});
  a.kv_lora_rank = c.keys.size({"kv_lora_rank"});
  a.nope_dim = c.keys.size({"qk_nope_head_dim"});
  a.rope_dim = c.keys.size({"qk_rope_head_dim"});
  a.value_dim = c.keys.size({"v_head_dim"});
  set_indexer(c, a);
  return a;
}

// DeepSeek V4: one shared 512-wide head, a window in every layer, a compressed cache in most.
MlaShape shared_head_of(HfContext& c, std::size_t index) {
  constexpr std::int64_t kIndexedRatio = 4;
  MlaShape a;
  a.heads = c.keys.size({"num_attention_heads"});
  a.q_lora_rank = c.keys.size({"q_lora_rank"});
  a.value_dim = c.keys.size({"head_dim"});
  a.rope_dim = c.keys.size({"qk_rope_head_dim"});
  if (a.rope_dim >= a.value_dim) {
    c.keys.fault("qk_rope_head_dim", "'qk_rope_head_dim' must be less than 'head_dim'");
  }
  a.nope_dim = a.value_dim - a.rope_dim;
  a.window = c.keys.size({"sliding_window"});
  a.o_groups = c.keys.size({"o_groups"});
  a.o_lora_rank = c.keys.size({"o_lora_rank"});
  a.compress_ratio = c.keys.find_size_at({"compress_ratios"}, index);
  if (a.compress_ratio == kIndexedRatio) set_indexer(c, a);
  return a;
}

Mamba2Shape mamba_of(HfContext& c) {
  Mamba2Shape a;
  a.heads = c.keys.size({"mamba_num_heads", "mamba_n_heads"});
  a.head_dim = c.keys.size({"mamba_head_dim", "mamba_d_head"});
  a.state = c.keys.size({"ssm_state_size", "mamba_d_state"});
  a.groups = c.keys.size({"n_groups", "mamba_n_groups"});
  a.conv = c.keys.size({"conv_kernel", "mamba_d_conv"});
  a.norm = c.keys.flag("mamba_rms_norm", true);
  return a;
}

GatedDeltaNetShape delta_net_of(HfContext& c) {
  return {.key_heads = c.keys.size({"linear_num_key_heads"}),
          .value_heads = c.keys.size({"linear_num_value_heads"}),
          .key_dim = c.keys.size({"linear_key_head_dim"}),
          .value_dim = c.keys.size({"linear_value_head_dim"}),
          .conv = c.keys.size({"linear_conv_kernel_dim"})};
}

}  // namespace

void set_mixers(HfContext& c, std::size_t index, LayerKind kind, Layer& layer) {
  switch (kind) {
    case LayerKind::OnlyDense:
    case LayerKind::OnlyMoe:
      return;
    case LayerKind::OnlyMamba:
    case LayerKind::Mamba:
      layer.mamba = mamba_of(c);
      return;
    case LayerKind::Linear:
      layer.delta_net = delta_net_of(c);
      return;
    case LayerKind::Conv:
      layer.short_conv = ShortConvShape{.kernel = c.keys.size({"conv_L_cache"})};
      return;
    case LayerKind::Parallel:
      layer.mamba = mamba_of(c);
      break;
    case LayerKind::Full:
    case LayerKind::Window:
    case LayerKind::Chunked:
    case LayerKind::OnlyAttention:
      break;
  }
  if (c.family.family == "deepseek_v4") {
    layer.mla = shared_head_of(c, index);
  } else if (c.keys.find_size({"kv_lora_rank"}) > 0 && c.keys.flag("use_mla", true)) {
    layer.mla = mla_of(c);
  } else {
    layer.attention = attention_of(c, index, kind);
  }
}

}  // namespace foretoken::model
