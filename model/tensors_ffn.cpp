#include "model/tensor_list.h"

namespace foretoken::model {
namespace {

void append_dense(TensorList& list, const DenseFfn& ffn) {
  const std::int64_t hidden = list.hidden();
  if (ffn.gated) list.matrix(TensorRole::FfnGate, ffn.width, hidden);
  list.matrix(TensorRole::FfnUp, ffn.width, hidden);
  list.matrix(TensorRole::FfnDown, hidden, ffn.width);
  if (ffn.bias) list.plain(TensorRole::Bias, 1, ffn.width * (ffn.gated ? 2 : 1) + hidden);
  if (ffn.sub_norm) list.plain(TensorRole::Norm, 1, ffn.width);
}

void append_moe(TensorList& list, const MoeFfn& ffn) {
  const std::int64_t hidden = list.hidden();
  const std::int64_t inner = ffn.latent > 0 ? ffn.latent : hidden;
  const double share =
      static_cast<double>(ffn.experts_per_token) / static_cast<double>(ffn.experts);
  list.plain(TensorRole::Router, ffn.experts, hidden);
  if (ffn.router_bias) list.plain(TensorRole::Bias, 1, ffn.experts);
  if (ffn.latent > 0) {
    list.matrix(TensorRole::LatentDown, inner, hidden);
    list.matrix(TensorRole::LatentUp, hidden, inner);
  }
  if (ffn.gated) list.experts(TensorRole::ExpertGate, ffn.width, inner, ffn.experts, share);
  list.experts(TensorRole::ExpertUp, ffn.width, inner, ffn.experts, share);
  list.experts(TensorRole::ExpertDown, inner, ffn.width, ffn.experts, share);
  if (ffn.expert_bias) {
    list.plain(TensorRole::Bias, 1, ffn.width * (ffn.gated ? 2 : 1) + inner, ffn.experts, share);
  }
  if (ffn.shared_width > 0) {
    if (ffn.gated) list.matrix(TensorRole::SharedGate, ffn.shared_width, hidden);
    list.matrix(TensorRole::SharedUp, ffn.shared_width, hidden);
    list.matrix(TensorRole::SharedDown, hidden, ffn.shared_width);
    if (ffn.shared_gate) list.plain(TensorRole::SharedExpertGate, 1, hidden);
  }
}

}  // namespace

void append_ffns(TensorList& list, const Layer& layer) {
  if (layer.dense) append_dense(list, *layer.dense);
  if (layer.moe) append_moe(list, *layer.moe);
}

}  // namespace foretoken::model
