#include "model/gguf_layers.h"

#include <algorithm>
#include <array>
#include <string>

#include <fmt/format.h>

namespace foretoken::model {
namespace {

/// Norms that belong to a mixer, an FFN or a side input, whatever their width.
constexpr std::array<std::string_view, 10> kInnerNorms = {
    "attn_q_norm",    "attn_k_norm",   "attn_sub_norm", "ffn_sub_norm",     "ssm_norm",
    "attn_kv_a_norm", "attn_q_a_norm", "post_norm",     "laurel_post_norm", "altup_router_norm"};

int count_norms(const GgufContext& c, std::size_t index) {
  constexpr std::string_view kWeight = ".weight";
  int norms = 0;
  for (const auto& [name, tensor] : c.tensors.in_layer(static_cast<int>(index))) {
    if (tensor->values() != static_cast<double>(c.hidden) || !name.ends_with(kWeight)) continue;
    const std::string_view stem = std::string_view(name).substr(0, name.size() - kWeight.size());
    const bool is_norm = stem.ends_with("_norm") || stem == "attn_norm_2" ||
                         stem.ends_with("_norm_1") || stem.ends_with("_norm_2");
    const bool is_inner =
        std::find(kInnerNorms.begin(), kInnerNorms.end(), stem) != kInnerNorms.end();
    if (is_norm && !is_inner) ++norms;
  }
  return norms;
}

DenseFfn dense_of(const GgufContext& c, std::size_t i) {
  if (c.family.family == "rwkv7") {
    return {.width = c.dim(i, "channel_mix_key.weight", 1), .gated = false};
  }
  DenseFfn ffn;
  ffn.width = c.dim(i, "ffn_down.weight", 0);
  // Where the gate has no tensor of its own, it may be the other half of a double ffn_up.
  ffn.gated = c.has(i, "ffn_gate.weight") || c.dim(i, "ffn_up.weight", 1) == 2 * ffn.width;
  ffn.bias = c.has(i, "ffn_down.bias") || c.has(i, "ffn_up.bias");
  ffn.sub_norm = c.has(i, "ffn_sub_norm.weight");
  return ffn;
}

MoeFfn moe_of(GgufContext& c, std::size_t i) {
  MoeFfn ffn;
  ffn.experts = c.keys.size("expert_count");
  ffn.experts_per_token = c.keys.size_at("expert_used_count", i);
  ffn.width = c.dim(i, "ffn_down_exps.weight", 0);
  ffn.gated = c.has(i, "ffn_gate_exps.weight") || c.has(i, "ffn_gate_up_exps.weight");
  ffn.shared_width = c.dim(i, "ffn_down_shexp.weight", 0);
  ffn.shared_gate = c.has(i, "ffn_gate_inp_shexp.weight");
  ffn.expert_bias = c.has(i, "ffn_down_exps.bias");
  ffn.router_bias = c.has(i, "exp_probs_b.bias") || c.has(i, "ffn_gate_inp.bias");
  return ffn;
}

void set_ffns(GgufContext& c, std::size_t i, Layer& layer) {
  if (c.has(i, "ffn_down.weight") || c.has(i, "channel_mix_value.weight")) {
    layer.dense = dense_of(c, i);
  }
  if (c.has(i, "ffn_down_exps.weight")) layer.moe = moe_of(c, i);
  if (!layer.moe && c.has(i, "ffn_down.0.weight")) {
    c.keys.fault({},
                 "experts stand in a tensor each ('blk.0.ffn_down.0.weight'), as files of 2023 "
                 "have them; convert the model anew");
  }
}

}  // namespace

std::vector<std::int64_t> gguf_windows(GgufContext& c) {
  std::vector<std::int64_t> windows(c.layers, 0);
  std::int64_t window = c.keys.find_size("attention.sliding_window", std::int64_t{1} << 40U);
  if (window == 0) window = c.family.window;
  if (window == 0 || c.family.window_period == 0) return windows;
  constexpr std::string_view kPattern = "attention.sliding_window_pattern";
  if (const auto pattern = c.keys.numbers(kPattern)) {
    if (pattern->size() < c.layers) {
      c.keys.fault(kPattern,
                   fmt::format("'{}.{}' has {} entries for {} layers", c.keys.architecture(),
                               kPattern, pattern->size(), c.layers));
      return windows;
    }
    for (std::size_t i = 0; i < c.layers; ++i) windows[i] = (*pattern)[i] != 0 ? window : 0;
    return windows;
  }
  const std::int64_t stated = c.keys.find_size(kPattern);
  const auto period = static_cast<std::size_t>(stated > 0 ? stated : c.family.window_period);
  for (std::size_t i = 0; i < c.layers; ++i) {
    const bool full = c.family.full_first ? i % period == 0 : i % period == period - 1;
    windows[i] = full ? 0 : window;
  }
  return windows;
}

Layer gguf_layer(GgufContext& c, std::size_t index) {
  Layer layer;
  layer.norms = count_norms(c, index);
  set_gguf_mixers(c, index, layer);
  set_ffns(c, index, layer);
  if (c.has(index, "layer_output_scale.weight")) layer.extra_params = 1;
  return layer;
}

}  // namespace foretoken::model
