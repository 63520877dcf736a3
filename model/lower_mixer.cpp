#include "model/lower_mixer.h"

#include <algorithm>

#include "model/kv_cache.h"

namespace foretoken::model {
namespace {

double as_double(std::int64_t value) { return static_cast<double>(value); }

ops::Op attention_op(const AttentionShape& a, const MixerShape& s) {
  const double ranks = s.options.ranks;
  return ops::Attention{
      .batch = s.step.batch,
      .queries = s.step.queries,
      .heads = as_double(a.heads) / ranks,
      .kv_heads = std::max(1.0, as_double(a.kv_heads) / ranks),
      .head_dim = as_double(a.head_dim),
      .value_dim = as_double(a.value_dim > 0 ? a.value_dim : a.head_dim),
      .kv_len = attended_tokens(s.step.context, a, s.options),
      .keys = s.options.kv_keys,
      .values = s.options.kv_values,
      .packs_heads = packs_heads(as_double(a.heads) / as_double(a.kv_heads), s.step.context, s)};
}

/// Latent attention in the absorbed form, or with keys and values expanded for every head where the
/// runtime keeps such a cache. A sparse indexer limits the tokens attended to; a compressed cache
/// holds one entry for `compress_ratio` tokens beyond the window.
ops::Op latent_op(const MlaShape& a, const MixerShape& s) {
  const double ranks = s.options.ranks;
  double length = std::max(s.step.context, s.options.static_kv_slots);
  if (a.compress_ratio > 0) {
    const double window = as_double(a.window);
    length =
        std::min(length, window) + std::max(0.0, length - window) / as_double(a.compress_ratio);
  } else if (a.window > 0) {
    length = std::min(length, as_double(a.window));
  }
  if (a.index_topk > 0) length = std::min(length, as_double(a.index_topk));
  if (s.options.expands_mla) {
    return ops::Attention{.batch = s.step.batch,
                          .queries = s.step.queries,
                          .heads = as_double(a.heads) / ranks,
                          .kv_heads = as_double(a.heads) / ranks,
                          .head_dim = as_double(a.nope_dim + a.rope_dim),
                          .value_dim = as_double(a.value_dim),
                          .kv_len = length,
                          .keys = s.options.kv_keys,
                          .values = s.options.kv_values};
  }
  return ops::LatentAttention{.batch = s.step.batch,
                              .queries = s.step.queries,
                              .heads = as_double(a.heads) / ranks,
                              .rank = as_double(a.kv_lora_rank > 0 ? a.kv_lora_rank : a.value_dim),
                              .rope_dim = as_double(a.kv_lora_rank > 0 ? a.rope_dim : 0),
                              .kv_len = length,
                              .kv = s.options.kv_keys,
                              .packs_heads = packs_heads(as_double(a.heads), s.step.context, s)};
}

MixerOp recurrence(const char* name, double state, const MixerShape& s) {
  return {name,
          ops::Recurrence{.batch = s.step.batch,
                          .tokens = s.step.queries,
                          .state = state / s.options.ranks,
                          .bytes_per_element = s.options.state_bytes},
          1};
}

}  // namespace

double attended_tokens(double context, const AttentionShape& attention,
                       const LoweringOptions& options) {
  const double length = std::max(context, options.static_kv_slots);
  if (attention.window <= 0 || !options.keeps_windows) return length;
  const double window = as_double(attention.window);
  return attention.chunked && length > window ? window / 2.0 : std::min(length, window);
}

bool packs_heads(double group, double length, const MixerShape& s) {
  const auto& rules = s.options.packs_query_heads;
  return std::any_of(rules.begin(), rules.end(), [&](const hwdb::HeadPacking& rule) {
    return group >= rule.min_group && length >= rule.min_context;
  });
}

double small_launches_before_mixer(const Layer& layer, const LoweringOptions& options) {
  double launches = 0;
  if (layer.attention || layer.mla)
    launches += options.fuses_rope ? 1 : 4;  // rope q, k; store k, v
  if (layer.attention && layer.attention->qk_norm_params > 0)
    launches += (options.fuses_norm ? 1 : 2) * norm_launches(options);
  if (layer.mamba || layer.delta_net || layer.short_conv) launches += 2;  // convolution, activation
  return launches;
}

std::vector<MixerOp> mixer_ops(const Llm& llm, const Layer& layer, const MixerShape& shape) {
  std::vector<MixerOp> ops;
  if (layer.attention) ops.push_back({"attention", attention_op(*layer.attention, shape), 1});
  if (layer.cross_attention) {
    ops.push_back({"cross_attention", attention_op(*layer.cross_attention, shape), 1});
  }
  if (layer.mla) ops.push_back({"attention", latent_op(*layer.mla, shape), 1});
  // A layer has at most one recurrent mixer, so the layer's state is that mixer's.
  const double state = kv_demand(llm, layer).state_elements;
  if (layer.mamba) ops.push_back(recurrence("mamba2", state, shape));
  if (layer.delta_net) ops.push_back(recurrence("delta_net", state, shape));
  if (layer.rwkv) ops.push_back(recurrence("rwkv", state, shape));
  if (layer.short_conv) ops.push_back(recurrence("short_conv", state, shape));
  return ops;
}

}  // namespace foretoken::model
