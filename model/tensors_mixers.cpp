#include "model/tensor_list.h"

namespace foretoken::model {
namespace {

void append_attention(TensorList& list, const AttentionShape& a) {
  const std::int64_t hidden = list.hidden();
  const std::int64_t value_dim = a.value_dim > 0 ? a.value_dim : a.head_dim;
  const std::int64_t q = a.heads * a.head_dim;
  const std::int64_t k = a.kv_heads * a.head_dim;
  const std::int64_t v = a.kv_heads * value_dim;
  const std::int64_t out = a.heads * value_dim;
  list.matrix(TensorRole::AttnQ, q, hidden);
  if (a.has_kv_weights) {
    const double share = a.reuses_kv ? 0.0 : 1.0;
    list.shared_matrix(TensorRole::AttnK, k, hidden, share);
    if (!a.key_is_value) list.shared_matrix(TensorRole::AttnV, v, hidden, share);
  }
  if (a.gate_outputs > 0) list.matrix(TensorRole::AttnGate, a.gate_outputs, hidden);
  list.matrix(TensorRole::AttnOutput, hidden, out);
  if (a.qkv_bias) list.plain(TensorRole::Bias, 1, q + k + v);
  if (a.o_bias) list.plain(TensorRole::Bias, 1, hidden);
  if (a.qk_norm_params > 0) list.plain(TensorRole::Norm, 1, a.qk_norm_params);
  if (a.sinks) list.plain(TensorRole::SmallVector, 1, a.heads);
  if (a.attn_sub_norm) list.plain(TensorRole::Norm, 1, out);
}

// Pools `ratio` tokens into one: projections of values and weights, learned positions, a norm. The
// fine ratio keeps two overlapping windows, hence twice the width.
void append_compressor(TensorList& list, std::int64_t ratio, std::int64_t dim) {
  constexpr std::int64_t kOverlappingRatio = 4;
  const std::int64_t width = (ratio == kOverlappingRatio ? 2 : 1) * dim;
  list.matrix(TensorRole::MlaCompressor, 2 * width, list.hidden());
  list.plain(TensorRole::SmallVector, ratio, width);
  list.plain(TensorRole::Norm, 1, dim);
}

void append_shared_head(TensorList& list, const MlaShape& a) {
  list.matrix(TensorRole::MlaKvDown, a.value_dim, list.hidden());
  list.plain(TensorRole::Norm, 1, a.value_dim);
  list.plain(TensorRole::SmallVector, 1, a.heads);
  if (a.compress_ratio > 0) {
    append_compressor(list, a.compress_ratio, a.value_dim);
    if (a.index_heads > 0) append_compressor(list, a.compress_ratio, a.index_dim);
  }
}

void append_latent_kv(TensorList& list, const MlaShape& a) {
  list.matrix(TensorRole::MlaKvDown, a.kv_lora_rank + a.rope_dim, list.hidden());
  list.plain(TensorRole::Norm, 1, a.kv_lora_rank);
  // Stored as decode uses it: k's up-projection is absorbed into q, head by head.
  list.matrix(TensorRole::MlaKUp, a.heads * a.kv_lora_rank, a.nope_dim);
  list.matrix(TensorRole::MlaVUp, a.heads * a.value_dim, a.kv_lora_rank);
  if (a.index_heads > 0) {
    list.matrix(TensorRole::MlaIndexer, a.index_dim, list.hidden());
    list.plain(TensorRole::Norm, 1, 2 * a.index_dim);
  }
}

void append_mla(TensorList& list, const MlaShape& a) {
  const std::int64_t hidden = list.hidden();
  const std::int64_t q = a.heads * (a.nope_dim + a.rope_dim);
  const std::int64_t q_input = a.q_lora_rank > 0 ? a.q_lora_rank : hidden;
  if (a.q_lora_rank > 0) {
    list.matrix(TensorRole::MlaQDown, a.q_lora_rank, hidden);
    list.plain(TensorRole::Norm, 1, a.q_lora_rank);
    list.matrix(TensorRole::MlaQUp, q, a.q_lora_rank);
  } else {
    list.matrix(TensorRole::AttnQ, q, hidden);
  }
  if (a.kv_lora_rank > 0) {
    append_latent_kv(list, a);
  } else {
    append_shared_head(list, a);
  }
  if (a.index_heads > 0) {
    list.matrix(TensorRole::MlaIndexer, a.index_heads * a.index_dim, q_input);
    list.matrix(TensorRole::MlaIndexer, a.index_heads, hidden);
  }
  if (a.o_groups > 0) {
    list.matrix(TensorRole::MlaOutputDown, a.o_groups * a.o_lora_rank,
                a.heads * a.value_dim / a.o_groups);
    list.matrix(TensorRole::AttnOutput, hidden, a.o_groups * a.o_lora_rank);
  } else {
    list.matrix(TensorRole::AttnOutput, hidden, a.heads * a.value_dim);
  }
}

void append_mamba(TensorList& list, const Mamba2Shape& a) {
  const std::int64_t inner = a.heads * a.head_dim;
  const std::int64_t conv_width = inner + 2 * a.groups * a.state;
  list.matrix(TensorRole::SsmIn, inner + conv_width + a.heads, list.hidden());
  list.plain(TensorRole::SsmConv, conv_width, a.conv);
  list.plain(TensorRole::Bias, 1, conv_width);
  list.plain(TensorRole::SsmSmall, 3, a.heads);  // time step, decay and skip of each head
  if (a.norm) list.plain(TensorRole::Norm, 1, inner);
  list.matrix(TensorRole::SsmOut, list.hidden(), inner);
}

void append_delta_net(TensorList& list, const GatedDeltaNetShape& a) {
  const std::int64_t key = a.key_heads * a.key_dim;
  const std::int64_t value = a.value_heads * a.value_dim;
  list.matrix(TensorRole::DeltaIn, 2 * key + value, list.hidden());
  list.matrix(TensorRole::DeltaGate, value, list.hidden());
  list.matrix(TensorRole::DeltaBetaAlpha, 2 * a.value_heads, list.hidden());
  list.plain(TensorRole::DeltaConv, 2 * key + value, a.conv);
  list.plain(TensorRole::SmallVector, 2, a.value_heads);
  list.plain(TensorRole::Norm, 1, a.value_dim);
  list.matrix(TensorRole::DeltaOut, list.hidden(), value);
}

void append_rwkv(TensorList& list, const RwkvShape& a) {
  const std::int64_t hidden = list.hidden();
  list.matrix(TensorRole::RwkvReceptance, hidden, hidden);
  list.matrix(TensorRole::RwkvKey, hidden, hidden);
  list.matrix(TensorRole::RwkvValue, hidden, hidden);
  list.matrix(TensorRole::RwkvOutput, hidden, hidden);
  if (a.version == 4) {
    // Decay, first-token bonus, three mixes of time mixing and two of channel mixing.
    list.plain(TensorRole::SmallVector, 7, hidden);
    list.matrix(TensorRole::RwkvFfnReceptance, hidden, hidden);
    return;
  }
  for (const std::int64_t rank : {a.lora_w, a.lora_a, a.lora_v, a.lora_g}) {
    if (rank == 0) continue;
    list.plain(TensorRole::RwkvLora, rank, hidden);
    list.plain(TensorRole::RwkvLora, hidden, rank);
  }
  // Seven mixes, the biases of w, a and v, two key vectors and the bonus; the layer that makes the
  // first value has no v bias.
  list.plain(TensorRole::SmallVector, a.lora_v > 0 ? 13 : 12, hidden);
  list.plain(TensorRole::Norm, 2, hidden);
}

void append_short_conv(TensorList& list, const ShortConvShape& a) {
  const std::int64_t hidden = list.hidden();
  list.matrix(TensorRole::ShortConvIn, 3 * hidden, hidden);
  list.plain(TensorRole::ShortConvKernel, hidden, a.kernel);
  list.matrix(TensorRole::ShortConvOut, hidden, hidden);
}

}  // namespace

void append_mixers(TensorList& list, const Layer& layer) {
  if (layer.attention) append_attention(list, *layer.attention);
  if (layer.cross_attention) append_attention(list, *layer.cross_attention);
  if (layer.mla) append_mla(list, *layer.mla);
  if (layer.mamba) append_mamba(list, *layer.mamba);
  if (layer.delta_net) append_delta_net(list, *layer.delta_net);
  if (layer.rwkv) append_rwkv(list, *layer.rwkv);
  if (layer.short_conv) append_short_conv(list, *layer.short_conv);
}

}  // namespace foretoken::model
