#include <fmt/format.h>

#include "model/gguf_layers.h"

namespace foretoken::model {
namespace {

std::int64_t values_of(const GgufContext& c, std::size_t i, std::string_view name) {
  const GgufTensor* tensor = c.tensors.find(static_cast<int>(i), name);
  return tensor == nullptr ? 0 : static_cast<std::int64_t>(tensor->values());
}

/// Head sizes of window layers may have keys of their own.
std::int64_t head_size(GgufContext& c, std::size_t i, std::string_view key) {
  if (c.windows[i] > 0) {
    const std::int64_t size = c.keys.find_size(fmt::format("{}_swa", key));
    if (size > 0) return size;
  }
  return c.keys.find_size(key);
}

AttentionShape attention_of(GgufContext& c, std::size_t i) {
  AttentionShape a;
  a.heads = c.keys.size_at("attention.head_count", i);
  a.kv_heads = c.keys.find_size_at("attention.head_count_kv", i);
  if (a.kv_heads == 0) a.kv_heads = a.heads;
  a.head_dim = head_size(c, i, "attention.key_length");
  if (a.head_dim == 0) {
    a.head_dim = c.hidden / a.heads;
    if (a.head_dim == 0) {
      c.keys.fault("attention.head_count", "there are more heads than 'embedding_length'");
      a.head_dim = 1;
    }
  }
  a.value_dim = head_size(c, i, "attention.value_length");
  if (a.value_dim == 0) a.value_dim = a.head_dim;
  a.window = c.windows[i];
  a.chunked = c.family.chunked && a.window > 0;
  a.qkv_bias = c.has(i, "attn_q.bias") || c.has(i, "attn_qkv.bias");
  a.o_bias = c.has(i, "attn_output.bias");
  a.qk_norm_params = values_of(c, i, "attn_q_norm.weight") + values_of(c, i, "attn_k_norm.weight");
  a.gate_outputs = c.dim(i, "attn_gate.weight", 1);
  // Qwen3-Next keeps the gate in the second half of q.
  if (c.dim(i, "attn_q.weight", 1) == 2 * a.heads * a.head_dim) {
    a.gate_outputs = a.heads * a.value_dim;
  }
  a.sinks = c.has(i, "attn_sinks.weight");
  a.attn_sub_norm = c.has(i, "attn_sub_norm.weight");
  a.reuses_kv = i >= c.layers - c.shared_kv_layers;
  const bool fused = c.has(i, "attn_qkv.weight");
  a.has_kv_weights = fused || c.has(i, "attn_k.weight") || !a.reuses_kv;
  a.key_is_value = !fused && c.has(i, "attn_k.weight") && !c.has(i, "attn_v.weight") &&
                   c.family.family == "gemma4";
  return a;
}

MlaShape mla_of(GgufContext& c, std::size_t i) {
  MlaShape a;
  a.heads = c.keys.size_at("attention.head_count", i);
  if (c.has(i, "attn_q_a.weight")) a.q_lora_rank = c.keys.size("attention.q_lora_rank");
  a.kv_lora_rank = c.keys.size("attention.kv_lora_rank");
  a.rope_dim = c.keys.size("rope.dimension_count");
  // Files for the absorbed form state the cached width as key_length and the head's size apart.
  const bool absorbed = c.keys.has("attention.key_length_mla");
  const char* const key = absorbed ? "attention.key_length_mla" : "attention.key_length";
  const std::int64_t head = c.keys.size(key);
  if (head <= a.rope_dim) {
    c.keys.fault(key, fmt::format("'{}.{}' must be larger than 'rope.dimension_count'; found {}",
                                  c.keys.architecture(), key, head));
  }
  a.nope_dim = std::max<std::int64_t>(head - a.rope_dim, 1);
  a.value_dim =
      c.keys.find_size(absorbed ? "attention.value_length_mla" : "attention.value_length");
  if (a.value_dim == 0) a.value_dim = c.dim(i, "attn_output.weight", 0) / a.heads;
  if (a.value_dim == 0) a.value_dim = 1;
  return a;
}

/// Size of a head where `heads` of them make up `ssm.inner_size`.
std::int64_t inner_head(GgufContext& c, std::int64_t heads) {
  const std::int64_t inner = c.keys.size("ssm.inner_size");
  if (inner % heads == 0) return inner / heads;
  c.keys.fault("ssm.inner_size", fmt::format("'{0}.ssm.inner_size' {1} is no multiple of "
                                             "'{0}.ssm.time_step_rank' {2}",
                                             c.keys.architecture(), inner, heads));
  return 1;
}

Mamba2Shape mamba_of(GgufContext& c, std::size_t i) {
  Mamba2Shape a;
  a.heads = c.keys.size("ssm.time_step_rank");
  a.head_dim = inner_head(c, a.heads);
  a.state = c.keys.size("ssm.state_size");
  a.groups = c.keys.size("ssm.group_count");
  a.conv = c.keys.size("ssm.conv_kernel");
  a.norm = c.has(i, "ssm_norm.weight");
  return a;
}

GatedDeltaNetShape delta_net_of(GgufContext& c) {
  GatedDeltaNetShape a;
  a.key_heads = c.keys.size("ssm.group_count");
  a.value_heads = c.keys.size("ssm.time_step_rank");
  a.key_dim = c.keys.size("ssm.state_size");
  a.value_dim = inner_head(c, a.value_heads);
  a.conv = c.keys.size("ssm.conv_kernel");
  return a;
}

RwkvShape rwkv_of(GgufContext& c, std::size_t i) {
  RwkvShape a{.version = 7};
  a.head_dim = c.keys.size("wkv.head_size");
  a.lora_w = c.dim(i, "time_mix_w1.weight", 1);
  a.lora_a = c.dim(i, "time_mix_a1.weight", 1);
  // The first layer makes the first value; files hold tensors for it that nobody reads.
  if (i > 0) a.lora_v = c.dim(i, "time_mix_v1.weight", 1);
  a.lora_g = c.dim(i, "time_mix_g1.weight", 1);
  return a;
}

}  // namespace

void set_gguf_mixers(GgufContext& c, std::size_t i, Layer& layer) {
  if (c.has(i, "time_mix_receptance.weight")) {
    layer.rwkv = rwkv_of(c, i);
    return;
  }
  if (c.has(i, "shortconv.in_proj.weight")) {
    layer.short_conv = ShortConvShape{.kernel = c.keys.size("shortconv.l_cache")};
    return;
  }
  const bool is_delta = c.has(i, "ssm_ba.weight") || c.has(i, "ssm_beta.weight");
  if (is_delta) {
    layer.delta_net = delta_net_of(c);
    return;
  }
  if (c.has(i, "ssm_x.weight")) {
    c.keys.fault(
        {}, fmt::format("layer {} is Mamba-1 ('blk.{}.ssm_x.weight'), which is not known", i, i));
    return;
  }
  if (c.has(i, "ssm_out.weight")) layer.mamba = mamba_of(c, i);
  if (c.has(i, "attn_kv_a_mqa.weight")) {
    layer.mla = mla_of(c, i);
  } else if (c.has(i, "attn_output.weight")) {
    layer.attention = attention_of(c, i);
  }
}

}  // namespace foretoken::model
