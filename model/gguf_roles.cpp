#include "model/gguf_roles.h"

#include <algorithm>
#include <array>
#include <utility>

#include "model/gguf_tensors.h"

namespace foretoken::model {
namespace {

using enum TensorRole;
using NamedRole = std::pair<std::string_view, TensorRole>;

constexpr std::array kGlobalRoles = {
    NamedRole{"token_embd.weight", TokenEmbedding},
    NamedRole{"position_embd.weight", PositionEmbedding},
    NamedRole{"output.weight", Output},
    NamedRole{"per_layer_token_embd.weight", PerLayerTable},
    NamedRole{"per_layer_model_proj.weight", PerLayerModelProjection},
    NamedRole{"altup_proj.weight", AltUp},
    NamedRole{"altup_unembd_proj.weight", AltUp},
};

constexpr std::array kLayerRoles = {
    NamedRole{"attn_q.weight", AttnQ},
    NamedRole{"attn_k.weight", AttnK},
    NamedRole{"attn_v.weight", AttnV},
    NamedRole{"attn_output.weight", AttnOutput},
    NamedRole{"attn_gate.weight", AttnGate},
    NamedRole{"attn_q_a.weight", MlaQDown},
    NamedRole{"attn_q_b.weight", MlaQUp},
    NamedRole{"attn_kv_a_mqa.weight", MlaKvDown},
    NamedRole{"attn_k_b.weight", MlaKUp},
    NamedRole{"attn_v_b.weight", MlaVUp},
    NamedRole{"ffn_gate.weight", FfnGate},
    NamedRole{"ffn_up.weight", FfnUp},
    NamedRole{"ffn_down.weight", FfnDown},
    NamedRole{"ffn_gate_inp.weight", Router},
    NamedRole{"ffn_gate_exps.weight", ExpertGate},
    NamedRole{"ffn_up_exps.weight", ExpertUp},
    NamedRole{"ffn_down_exps.weight", ExpertDown},
    NamedRole{"ffn_gate_shexp.weight", SharedGate},
    NamedRole{"ffn_up_shexp.weight", SharedUp},
    NamedRole{"ffn_down_shexp.weight", SharedDown},
    NamedRole{"ffn_gate_inp_shexp.weight", SharedExpertGate},
    NamedRole{"ssm_in.weight", SsmIn},
    NamedRole{"ssm_out.weight", SsmOut},
    NamedRole{"ssm_ba.weight", DeltaBetaAlpha},
    NamedRole{"ssm_beta.weight", DeltaBetaAlpha},
    NamedRole{"ssm_alpha.weight", DeltaBetaAlpha},
    NamedRole{"time_mix_receptance.weight", RwkvReceptance},
    NamedRole{"time_mix_key.weight", RwkvKey},
    NamedRole{"time_mix_value.weight", RwkvValue},
    NamedRole{"time_mix_output.weight", RwkvOutput},
    NamedRole{"time_mix_w1.weight", RwkvLora},
    NamedRole{"time_mix_w2.weight", RwkvLora},
    NamedRole{"time_mix_a1.weight", RwkvLora},
    NamedRole{"time_mix_a2.weight", RwkvLora},
    NamedRole{"time_mix_v1.weight", RwkvLora},
    NamedRole{"time_mix_v2.weight", RwkvLora},
    NamedRole{"time_mix_g1.weight", RwkvLora},
    NamedRole{"time_mix_g2.weight", RwkvLora},
    NamedRole{"channel_mix_key.weight", FfnUp},
    NamedRole{"channel_mix_value.weight", FfnDown},
    NamedRole{"channel_mix_receptance.weight", RwkvFfnReceptance},
    NamedRole{"shortconv.in_proj.weight", ShortConvIn},
    NamedRole{"shortconv.out_proj.weight", ShortConvOut},
    NamedRole{"inp_gate.weight", PerLayerGate},
    NamedRole{"proj.weight", PerLayerProjection},
    NamedRole{"altup_router.weight", AltUp},
    NamedRole{"laurel_l.weight", Laurel},
    NamedRole{"laurel_r.weight", Laurel},
};

struct Share {
  TensorRole role;
  std::int64_t rows;
};

/// Cuts the rows of `tensor` in `shares`, when they add up; else nothing.
std::vector<GgufPiece> cut(const GgufTensor& tensor, std::initializer_list<Share> shares) {
  std::int64_t sum = 0;
  for (const Share& share : shares) sum += share.rows;
  if (sum != tensor.dims[1]) return {};
  std::vector<GgufPiece> pieces;
  for (const Share& share : shares) {
    pieces.push_back({.role = share.role,
                      .rows = share.rows,
                      .row_length = tensor.dims[0],
                      .copies = tensor.dims[2] * tensor.dims[3],
                      .tensor = &tensor});
  }
  return pieces;
}

std::vector<GgufPiece> fused_pieces(const GgufTensor& tensor, std::string_view name,
                                    const Layer& layer) {
  const std::int64_t rows = tensor.dims[1];
  if (layer.attention) {
    const AttentionShape& a = *layer.attention;
    if (name == "attn_qkv.weight") {
      return cut(tensor, {{AttnQ, a.heads * a.head_dim},
                          {AttnK, a.kv_heads * a.head_dim},
                          {AttnV, a.kv_heads * a.value_dim}});
    }
    if (name == "attn_q.weight" && rows == 2 * a.heads * a.head_dim) {
      return cut(tensor, {{AttnQ, rows / 2}, {AttnGate, rows / 2}});
    }
  }
  if (layer.delta_net) {
    const GatedDeltaNetShape& a = *layer.delta_net;
    const std::int64_t value = a.value_heads * a.value_dim;
    const std::int64_t qkv = 2 * a.key_heads * a.key_dim + value;
    if (name == "attn_qkv.weight") return cut(tensor, {{DeltaIn, rows}});
    if (name == "attn_gate.weight") return cut(tensor, {{DeltaGate, rows}});
    if (name == "ssm_in.weight") return cut(tensor, {{DeltaIn, qkv}, {DeltaGate, value}});
    if (name == "ssm_out.weight") return cut(tensor, {{DeltaOut, rows}});
  }
  if (layer.mla && name == "attn_kv_b.weight") {
    return cut(tensor, {{MlaKUp, layer.mla->heads * layer.mla->nope_dim},
                        {MlaVUp, layer.mla->heads * layer.mla->value_dim}});
  }
  if (layer.dense && name == "ffn_up.weight" && rows == 2 * layer.dense->width) {
    return cut(tensor, {{FfnGate, rows / 2}, {FfnUp, rows / 2}});
  }
  if (layer.moe && name == "ffn_gate_up_exps.weight") {
    return cut(tensor, {{ExpertGate, rows / 2}, {ExpertUp, rows - rows / 2}});
  }
  return {};
}

/// Batched matrices of heads count as rows, those of experts and streams as copies.
GgufPiece whole(const GgufTensor& tensor, TensorRole role) {
  GgufPiece piece{.role = role,
                  .rows = tensor.dims[1],
                  .row_length = tensor.dims[0],
                  .copies = tensor.dims[2] * tensor.dims[3],
                  .tensor = &tensor};
  if (role == MlaKUp || role == MlaVUp) {
    piece.rows *= piece.copies;
    piece.copies = 1;
  }
  return piece;
}

}  // namespace

double GgufPiece::values() const {
  return static_cast<double>(rows) * static_cast<double>(row_length) * static_cast<double>(copies);
}

std::vector<GgufPiece> gguf_pieces(const GgufTensor& tensor, std::string_view name, int layer,
                                   const Llm& llm) {
  const auto role_in = [&](const auto& roles) -> std::vector<GgufPiece> {
    const auto found = std::find_if(roles.begin(), roles.end(),
                                    [&](const NamedRole& named) { return named.first == name; });
    if (found == roles.end()) return {};
    return {whole(tensor, found->second)};
  };
  if (layer == kNoLayer) return role_in(kGlobalRoles);
  const auto index = static_cast<std::size_t>(layer);
  if (index >= llm.layers.size()) return {};
  const Layer& shape = llm.layers[index];
  std::vector<GgufPiece> fused = fused_pieces(tensor, name, shape);
  if (!fused.empty()) return fused;
  // The first layer's v is of no use, and not in the shapes.
  const bool is_first_value = name == "time_mix_v1.weight" || name == "time_mix_v2.weight";
  if (is_first_value && shape.rwkv && shape.rwkv->lora_v == 0) return {};
  return role_in(kLayerRoles);
}

TensorRole gguf_rider_role(std::string_view name) {
  if (name.ends_with(".bias")) return Bias;
  return name.find("norm") != std::string_view::npos ? Norm : SmallVector;
}

bool is_gguf_rider(std::string_view name) {
  constexpr std::array<std::string_view, 9> kRiders = {
      "norm", "ssm_a", "ssm_d", "conv", "altup_", "time_mix_", "rope_", "token_types", "lerp"};
  return std::any_of(kRiders.begin(), kRiders.end(), [&](std::string_view part) {
    return name.find(part) != std::string_view::npos;
  });
}

}  // namespace foretoken::model
