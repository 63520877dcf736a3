#include "model/kv_cache.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace foretoken::model {
namespace {

double product(std::int64_t a, std::int64_t b) {
  return static_cast<double>(a) * static_cast<double>(b);
}

void add_attention(KvDemand& demand, const AttentionShape& a) {
  demand.window = a.window;
  demand.chunked = a.chunked;
  demand.reuses = a.reuses_kv;
  demand.stored = !a.reuses_kv;
  if (a.reuses_kv) return;
  demand.k_elements = product(a.kv_heads, a.head_dim);
  demand.v_elements = product(a.kv_heads, a.value_dim > 0 ? a.value_dim : a.head_dim);
}

void add_mla(KvDemand& demand, const MlaShape& a) {
  demand.window = a.window;
  demand.stored = true;
  const auto index_dim = static_cast<double>(a.index_heads > 0 ? a.index_dim : 0);
  if (a.kv_lora_rank > 0) {
    demand.k_elements = static_cast<double>(a.kv_lora_rank + a.rope_dim);
    demand.index_elements = index_dim;
    return;
  }
  demand.k_elements = static_cast<double>(a.value_dim);
  if (a.compress_ratio > 0) {
    demand.compressed_elements =
        (static_cast<double>(a.value_dim) + index_dim) / static_cast<double>(a.compress_ratio);
  }
}

double state_of(const Llm& llm, const Layer& layer) {
  double state = 0.0;
  if (layer.mamba) {
    const Mamba2Shape& a = *layer.mamba;
    const double inner = product(a.heads, a.head_dim);
    state += inner * static_cast<double>(a.state);
    state += static_cast<double>(a.conv - 1) * (inner + 2.0 * product(a.groups, a.state));
  }
  if (layer.delta_net) {
    const GatedDeltaNetShape& a = *layer.delta_net;
    const double value = product(a.value_heads, a.value_dim);
    state += value * static_cast<double>(a.key_dim);
    state += static_cast<double>(a.conv - 1) * (2.0 * product(a.key_heads, a.key_dim) + value);
  }
  if (layer.short_conv) state += product(layer.short_conv->kernel - 1, llm.hidden);
  if (layer.rwkv) {
    const auto hidden = static_cast<double>(llm.hidden);
    // Version 4 keeps five vectors; version 7 a matrix a head and two shifted inputs.
    state += layer.rwkv->version == 4
                 ? 5.0 * hidden
                 : hidden * static_cast<double>(layer.rwkv->head_dim) + 2.0 * hidden;
  }
  return state;
}

}  // namespace

double KvDemand::elements_at(double tokens) const {
  const double kept = window > 0 ? std::min(tokens, static_cast<double>(window)) : tokens;
  return elements_per_token() * kept + (compressed_elements + index_elements) * tokens;
}

KvDemand kv_demand(const Llm& llm, const Layer& layer) {
  KvDemand demand;
  if (layer.attention) add_attention(demand, *layer.attention);
  if (layer.mla) add_mla(demand, *layer.mla);
  demand.state_elements = state_of(llm, layer);
  return demand;
}

std::vector<KvDemand> kv_demands(const Llm& llm) {
  std::vector<KvDemand> demands(llm.layers.size());
  for (auto i = static_cast<std::size_t>(llm.encoder_layers); i < llm.layers.size(); ++i) {
    demands[i] = kv_demand(llm, llm.layers[i]);
  }
  return demands;
}

double state_elements(const Llm& llm) {
  double sum = 0.0;
  for (const KvDemand& demand : kv_demands(llm)) sum += demand.state_elements;
  return sum;
}

Bytes kv_cache_bytes(const Llm& llm, double tokens, double batch, FormatId k, FormatId v,
                     const FormatTable& table, const CacheLayout& layout) {
  const auto cells = [&](double length) { return std::ceil(length / layout.cells) * layout.cells; };
  const std::vector<KvDemand> demands = kv_demands(llm);
  Bytes sum{};
  for (std::size_t i = 0; i < demands.size(); ++i) {
    KvDemand demand = demands[i];
    const auto& mla = llm.layers[i].mla;
    if (layout.expands_mla && mla && demand.stored && mla->kv_lora_rank > 0) {
      demand.k_elements = product(mla->heads, mla->nope_dim + mla->rope_dim);
      demand.v_elements = product(mla->heads, mla->value_dim);
    }
    const double window = static_cast<double>(demand.window) + layout.window_extra;
    const bool dropped = demand.window > 0 && layout.keeps_windows;
    const double kept = cells(dropped ? std::min(tokens, window) : tokens);
    if (demand.k_elements > 0.0) sum += table[k].bytes_of(kept, demand.k_elements);
    if (demand.v_elements > 0.0) sum += table[v].bytes_of(kept, demand.v_elements);
    sum += Bytes::of(cells(tokens) * (demand.compressed_elements + demand.index_elements) *
                     table[k].bytes_per_value());
  }
  return sum * batch;
}

}  // namespace foretoken::model
