#include "sim/compute_buffer.h"

#include <algorithm>
#include <cmath>

#include "ops/context_of.h"

namespace foretoken::sim {
namespace {

double to_double(std::int64_t count) { return static_cast<double>(count); }

/// Elements a token row that a layer's mixer holds at once, beside the residual; `scores` counts
/// cells of the cache whose scores stand in memory, none with flash attention.
double mixer_elements(const model::Layer& layer, double cells, bool scores) {
  double most = 0.0;
  if (layer.attention) {
    const model::AttentionShape& a = *layer.attention;
    const double q = to_double(a.heads * a.head_dim);
    const double kv = 2.0 * to_double(a.kv_heads * a.head_dim);
    most = std::max(most, scores ? q + to_double(a.heads) * cells : 2.0 * q + kv);
  }
  if (layer.mla) {
    const model::MlaShape& a = *layer.mla;
    const double rank = to_double(a.kv_lora_rank > 0 ? a.kv_lora_rank + a.rope_dim : a.value_dim);
    const double q = to_double(a.heads) * rank;
    most = std::max(most, scores ? q + to_double(a.heads) * cells : 2.0 * q);
  }
  if (layer.delta_net) {
    const model::GatedDeltaNetShape& a = *layer.delta_net;
    most = std::max(most,
                    2.0 * to_double(2 * a.key_heads * a.key_dim + 2 * a.value_heads * a.value_dim));
  }
  if (layer.mamba) {
    const model::Mamba2Shape& a = *layer.mamba;
    most = std::max(most,
                    2.0 * to_double(2 * a.heads * a.head_dim + 2 * a.groups * a.state + a.heads));
  }
  return most;
}

double ffn_elements(const model::Layer& layer, double hidden) {
  double most = 0.0;
  if (layer.dense) most = (layer.dense->gated ? 2.0 : 1.0) * to_double(layer.dense->width);
  if (layer.moe) {
    const model::MoeFfn& moe = *layer.moe;
    const double each =
        std::max((moe.gated ? 2.0 : 1.0) * to_double(moe.width), to_double(moe.width) + hidden);
    most = std::max(most, to_double(moe.experts_per_token) * each);
  }
  return most;
}

/// Without a word the scores are taken to stand in memory where the runtime has both ways.
bool holds_scores(const Request& request) {
  return !ops::flash_attention(*request.runtime, request.facts)
              .value_or(!request.runtime->values_need_flash);
}

}  // namespace

double cache_cells(const Request& request, const hwdb::PassBuffers& buffers) {
  return holds_scores(request) ? buffers.kv_cells_plain : buffers.kv_cells;
}

Bytes compute_buffer(const Request& request, const hwdb::PassBuffers& buffers, double tokens) {
  const model::Llm& llm = *request.llm;
  const double multiple = cache_cells(request, buffers);
  const double cells = std::ceil(tokens / multiple) * multiple;
  const double rows = std::min(static_cast<double>(buffers.tokens), tokens);
  const double hidden = to_double(llm.hidden);
  const bool scores = holds_scores(request);
  const double logits = buffers.all_logits ? rows : request.batch;
  double most = 0.0;
  for (const model::Layer& layer : llm.layers) {
    const double window = layer.attention ? to_double(layer.attention->window) : 0.0;
    const double seen = window > 0.0 ? std::min(cells, window + rows) : cells;
    const double mixer = mixer_elements(layer, seen, scores) + seen;  // and the mask
    most = std::max(most, rows * (2.0 * hidden + std::max(mixer, ffn_elements(layer, hidden))));
  }
  most = std::max(most, rows * hidden + logits * to_double(llm.vocab));
  return Bytes::of(most * buffers.activation_bytes / request.ranks);
}

}  // namespace foretoken::sim
