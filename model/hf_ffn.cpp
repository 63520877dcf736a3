#include <algorithm>

#include "model/hf_layers.h"

namespace foretoken::model {
namespace {

std::int64_t experts_of(HfContext& c) {
  return c.keys.find_size({"num_experts", "num_local_experts", "n_routed_experts",
                           "moe_num_experts", "moe_num_primary_experts"});
}

bool is_moe_layer(HfContext& c, std::size_t index) {
  if (experts_of(c) == 0) return false;
  const auto i = static_cast<std::int64_t>(index);
  const bool says_dense = c.keys.has("first_k_dense_replace") || c.keys.has("num_dense_layers");
  const std::int64_t dense = says_dense
                                 ? c.keys.find_size({"first_k_dense_replace", "num_dense_layers"})
                                 : c.family.dense_layers;
  if (i < dense || i < c.keys.find_size({"moe_layer_start_index"})) return false;
  const std::vector<std::int64_t> only_dense = c.keys.integers("mlp_only_layers");
  if (std::find(only_dense.begin(), only_dense.end(), i) != only_dense.end()) return false;
  const std::int64_t step = c.keys.find_size({"decoder_sparse_step", "interleave_moe_layer_step"});
  if (step > 1 && (i + 1) % step != 0) return false;
  const std::int64_t frequency = c.keys.find_size_at({"moe_layer_freq"}, index);
  const auto* stated = c.keys.find("moe_layer_freq");
  if (stated != nullptr && stated->is_array()) return frequency != 0;
  return frequency <= 1 || i % frequency == 0;
}

DenseFfn dense_of(HfContext& c, std::size_t index) {
  DenseFfn ffn;
  const HfKeys::Names widths = {"intermediate_size_mlp", "intermediate_size", "ffn_hidden_size",
                                "n_inner", "ffn_dim"};
  ffn.width = c.keys.find_size_at(widths, index);
  if (ffn.width == 0) {
    ffn.width = c.family.ffn_multiple > 0 ? c.family.ffn_multiple * c.hidden
                                          : c.keys.size_at(widths, index);
  }
  const bool reuses_kv = index >= c.layers - c.shared_kv_layers;
  if (reuses_kv && c.keys.flag("use_double_wide_mlp", false)) ffn.width *= 2;
  ffn.gated = c.family.gated;
  ffn.bias = c.family.mlp_bias || c.keys.flag("mlp_bias", false);
  ffn.sub_norm = c.family.sub_norms;
  return ffn;
}

void set_shared_experts(HfContext& c, std::size_t index, MoeFfn& ffn) {
  ffn.shared_width =
      c.keys.find_size({"shared_expert_intermediate_size", "moe_shared_expert_intermediate_size",
                        "shared_intermediate_size"});
  if (ffn.shared_width == 0) {
    const std::int64_t shared = c.keys.find_size_at(
        {"n_shared_experts", "num_shared_experts", "num_shared_expert", "moe_num_shared_experts"},
        index);
    ffn.shared_width = shared * ffn.width;
  }
  // Llama 4 has one that no key mentions.
  if (c.family.family == "llama4") ffn.shared_width = ffn.width;
  ffn.shared_gate = c.family.shared_gate && ffn.shared_width > 0;
}

MoeFfn moe_of(HfContext& c, std::size_t index) {
  MoeFfn ffn;
  ffn.experts = experts_of(c);
  ffn.experts_per_token =
      c.keys.size_at({"num_experts_per_tok", "experts_per_token", "top_k_experts", "moe_topk",
                      "moe_k", "num_experts_per_token", "moe_num_active_primary_experts"},
                     index);
  ffn.width =
      c.keys.size_at({"moe_intermediate_size", "moe_ffn_hidden_size", "intermediate_size"}, index);
  ffn.gated = c.family.gated;
  ffn.latent = c.keys.find_size({"moe_latent_size"});
  ffn.expert_bias = c.family.family == "gpt_oss";
  ffn.router_bias = c.family.router_bias && c.keys.flag("use_expert_bias", true);
  set_shared_experts(c, index, ffn);
  return ffn;
}

}  // namespace

void set_ffns(HfContext& c, std::size_t index, LayerKind kind, Layer& layer) {
  if (kind == LayerKind::OnlyMamba || kind == LayerKind::OnlyAttention) return;
  const bool both = c.keys.flag("enable_moe_block", false);
  const bool moe = kind == LayerKind::OnlyMoe ||
                   (kind != LayerKind::OnlyDense && (both || is_moe_layer(c, index)));
  if (moe) layer.moe = moe_of(c, index);
  if (!moe || both) layer.dense = dense_of(c, index);
}

}  // namespace foretoken::model
