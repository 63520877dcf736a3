#include "model/tensors.h"

#include <array>
#include <cstddef>
#include <utility>

#include "model/tensor_list.h"

namespace foretoken::model {
namespace {

struct RoleName {
  TensorRole role;
  std::string_view text;
};

constexpr std::size_t kRoles = static_cast<std::size_t>(TensorRole::NextN) + 1;

constexpr std::array<RoleName, kRoles> kRoleNames{{
    {TensorRole::TokenEmbedding, "token_embd"},
    {TensorRole::PositionEmbedding, "position_embd"},
    {TensorRole::Output, "output"},
    {TensorRole::Norm, "norm"},
    {TensorRole::Bias, "bias"},
    {TensorRole::SmallVector, "small_vector"},
    {TensorRole::AttnQ, "attn_q"},
    {TensorRole::AttnK, "attn_k"},
    {TensorRole::AttnV, "attn_v"},
    {TensorRole::AttnOutput, "attn_output"},
    {TensorRole::AttnGate, "attn_gate"},
    {TensorRole::MlaQDown, "attn_q_a"},
    {TensorRole::MlaQUp, "attn_q_b"},
    {TensorRole::MlaKvDown, "attn_kv_a"},
    {TensorRole::MlaKUp, "attn_k_b"},
    {TensorRole::MlaVUp, "attn_v_b"},
    {TensorRole::MlaIndexer, "indexer"},
    {TensorRole::MlaOutputDown, "attn_output_a"},
    {TensorRole::MlaCompressor, "attn_compressor"},
    {TensorRole::FfnGate, "ffn_gate"},
    {TensorRole::FfnUp, "ffn_up"},
    {TensorRole::FfnDown, "ffn_down"},
    {TensorRole::Router, "ffn_gate_inp"},
    {TensorRole::ExpertGate, "ffn_gate_exps"},
    {TensorRole::ExpertUp, "ffn_up_exps"},
    {TensorRole::ExpertDown, "ffn_down_exps"},
    {TensorRole::SharedGate, "ffn_gate_shexp"},
    {TensorRole::SharedUp, "ffn_up_shexp"},
    {TensorRole::SharedDown, "ffn_down_shexp"},
    {TensorRole::SharedExpertGate, "ffn_gate_inp_shexp"},
    {TensorRole::LatentDown, "ffn_latent_down"},
    {TensorRole::LatentUp, "ffn_latent_up"},
    {TensorRole::SsmIn, "ssm_in"},
    {TensorRole::SsmOut, "ssm_out"},
    {TensorRole::SsmConv, "ssm_conv1d"},
    {TensorRole::SsmSmall, "ssm_small"},
    {TensorRole::DeltaIn, "delta_qkv"},
    {TensorRole::DeltaGate, "delta_gate"},
    {TensorRole::DeltaBetaAlpha, "delta_beta_alpha"},
    {TensorRole::DeltaConv, "delta_conv1d"},
    {TensorRole::DeltaOut, "delta_out"},
    {TensorRole::RwkvReceptance, "time_mix_receptance"},
    {TensorRole::RwkvKey, "time_mix_key"},
    {TensorRole::RwkvValue, "time_mix_value"},
    {TensorRole::RwkvOutput, "time_mix_output"},
    {TensorRole::RwkvLora, "time_mix_lora"},
    {TensorRole::RwkvFfnReceptance, "channel_mix_receptance"},
    {TensorRole::ShortConvIn, "shortconv_in"},
    {TensorRole::ShortConvKernel, "shortconv_conv"},
    {TensorRole::ShortConvOut, "shortconv_out"},
    {TensorRole::PerLayerTable, "per_layer_token_embd"},
    {TensorRole::PerLayerModelProjection, "per_layer_model_proj"},
    {TensorRole::PerLayerProjection, "per_layer_proj"},
    {TensorRole::PerLayerGate, "per_layer_gate"},
    {TensorRole::AltUp, "altup"},
    {TensorRole::Laurel, "laurel"},
    {TensorRole::NextN, "nextn"},
}};

constexpr bool names_stand_in_order() {
  for (std::size_t i = 0; i < kRoles; ++i) {
    if (static_cast<std::size_t>(kRoleNames[i].role) != i) return false;
  }
  return true;
}
static_assert(names_stand_in_order(), "kRoleNames must list every TensorRole in its order");

double one_row_of(std::int64_t rows) { return 1.0 / static_cast<double>(rows); }

void append_tables(TensorList& list, const Llm& llm) {
  const std::int64_t hidden = llm.hidden;
  list.shared_matrix(TensorRole::TokenEmbedding, llm.vocab, hidden,
                     llm.tied_embeddings ? 1.0 : one_row_of(llm.vocab));
  if (llm.position_rows > 0) {
    list.plain(TensorRole::PositionEmbedding, llm.position_rows, hidden, 1,
               one_row_of(llm.position_rows));
  }
  if (!llm.tied_embeddings) list.matrix(TensorRole::Output, llm.vocab, hidden);
  if (llm.lm_head_bias) list.plain(TensorRole::Bias, 1, llm.vocab);
  list.hidden_norms(llm.embed_norm ? 2 : 1);
  if (llm.encoder_layers > 0) {
    list.enter_layer(-1, 0.0);
    list.hidden_norms(1);
    list.enter_layer(-1, 1.0);
  }
  const PerLayerInput& input = llm.per_layer;
  if (input.dim > 0) {
    const std::int64_t width = input.dim * static_cast<std::int64_t>(llm.layers.size());
    list.shared_matrix(TensorRole::PerLayerTable, input.vocab, width, one_row_of(input.vocab));
    list.plain(TensorRole::PerLayerModelProjection, width, hidden);
    list.plain(TensorRole::Norm, 1, input.dim);
  }
  // One projection into and one out of each further stream.
  if (input.altup > 0) list.plain(TensorRole::AltUp, hidden, hidden, 2 * (input.altup - 1));
}

void append_layer_input(TensorList& list, const PerLayerInput& input) {
  const std::int64_t hidden = list.hidden();
  if (input.dim > 0) {
    list.matrix(TensorRole::PerLayerGate, input.dim, hidden);
    list.matrix(TensorRole::PerLayerProjection, hidden, input.dim);
    list.plain(TensorRole::Norm, 1, hidden);
  }
  if (input.altup > 0) {
    const std::int64_t n = input.altup;
    list.plain(TensorRole::AltUp, n, hidden);
    // Router norm, output scale, correction and prediction coefficients.
    list.plain(TensorRole::SmallVector, 1, 2 * hidden + n * n + n * n * n);
  }
  if (input.laurel_rank > 0) {
    list.plain(TensorRole::Laurel, input.laurel_rank, hidden);
    list.plain(TensorRole::Laurel, hidden, input.laurel_rank);
    list.plain(TensorRole::Norm, 1, hidden);
  }
}

void append_layer(TensorList& list, const Llm& llm, const Layer& layer) {
  list.hidden_norms(layer.norms);
  append_mixers(list, layer);
  append_ffns(list, layer);
  append_layer_input(list, llm.per_layer);
  if (layer.extra_params > 0) list.plain(TensorRole::SmallVector, 1, layer.extra_params);
}

double sum_of_params(const std::vector<Tensor>& tensors) {
  double sum = 0.0;
  for (const Tensor& tensor : tensors) sum += tensor.params();
  return sum;
}

}  // namespace

std::string_view text_of(TensorRole role) {
  return kRoleNames[static_cast<std::size_t>(role)].text;
}

std::vector<Tensor> tensors_of(const Llm& llm) {
  TensorList list(llm);
  append_tables(list, llm);
  for (std::size_t i = 0; i < llm.layers.size(); ++i) {
    const bool encoder = static_cast<std::int64_t>(i) < llm.encoder_layers;
    list.enter_layer(static_cast<int>(i), encoder ? 0.0 : 1.0);
    append_layer(list, llm, llm.layers[i]);
  }
  return list.take();
}

double parameter_count(const Llm& llm) { return sum_of_params(tensors_of(llm)); }

double parameters_read_per_token(const Llm& llm) {
  double sum = 0.0;
  for (const Tensor& tensor : tensors_of(llm)) sum += tensor.params() * tensor.read_share;
  return sum;
}

std::vector<Tensor> mtp_tensors_of(const Llm& llm) {
  const Layer* full = nullptr;
  for (const Layer& layer : llm.layers) {
    if (layer.attention || layer.mla) full = &layer;
  }
  TensorList list(llm);
  if (full == nullptr) return {};
  list.enter_layer(-1, 0.0);
  for (std::int64_t i = 0; i < llm.mtp_layers; ++i) {
    append_layer(list, llm, *full);
    constexpr std::int64_t kInputAndOutputNorms = 3;
    list.hidden_norms(kInputAndOutputNorms);
    list.matrix(TensorRole::NextN, llm.hidden, 2 * llm.hidden);
    if (llm.mtp_own_tables) {
      list.matrix(TensorRole::NextN, llm.vocab, llm.hidden);
      list.matrix(TensorRole::NextN, llm.vocab, llm.hidden);
    }
  }
  return list.take();
}

double mtp_parameter_count(const Llm& llm) { return sum_of_params(mtp_tensors_of(llm)); }

}  // namespace foretoken::model
