#pragma once

/// The weight tensors of a model, one entry a tensor, derived from the shapes. Parameter counts,
/// file sizes, bytes read per step and the GEMMs of a step all come from this one list.

#include <cstdint>
#include <string_view>
#include <vector>

#include "model/llm.h"

namespace foretoken::model {

/// What a tensor is for; the names follow GGUF's.
enum class TensorRole : std::uint8_t {
  TokenEmbedding,
  PositionEmbedding,
  Output,
  Norm,
  Bias,
  SmallVector,
  AttnQ,
  AttnK,
  AttnV,
  AttnOutput,
  AttnGate,
  MlaQDown,
  MlaQUp,
  MlaKvDown,
  MlaKUp,
  MlaVUp,
  MlaIndexer,
  MlaOutputDown,
  MlaCompressor,
  FfnGate,
  FfnUp,
  FfnDown,
  Router,
  ExpertGate,
  ExpertUp,
  ExpertDown,
  SharedGate,
  SharedUp,
  SharedDown,
  SharedExpertGate,
  LatentDown,
  LatentUp,
  SsmIn,
  SsmOut,
  SsmConv,
  SsmSmall,
  DeltaIn,
  DeltaGate,
  DeltaBetaAlpha,
  DeltaConv,
  DeltaOut,
  RwkvReceptance,
  RwkvKey,
  RwkvValue,
  RwkvOutput,
  RwkvLora,
  RwkvFfnReceptance,
  ShortConvIn,
  ShortConvKernel,
  ShortConvOut,
  PerLayerTable,
  PerLayerModelProjection,
  PerLayerProjection,
  PerLayerGate,
  AltUp,
  Laurel,
  NextN,  // last: sizes the table of names
};

/// The role's name as GGUF writes it, without layer number and suffix: "attn_q", "ffn_down_exps".
std::string_view text_of(TensorRole role);

struct Tensor {
  TensorRole role{};
  int layer = -1;               ///< -1: not in a layer
  std::int64_t rows = 0;        ///< outputs (n of the GEMM); vocabulary for tables
  std::int64_t row_length = 0;  ///< inputs (k of the GEMM)
  std::int64_t copies = 1;      ///< experts
  /// false: the tensor is never quantized (norms, biases, routers, convolutions, small vectors).
  bool quantizable = true;
  /// Share of the tensor that one decoded token reads at batch 1: one row of a looked-up table, the
  /// chosen experts, nothing of an encoder or of weights that no operator uses.
  double read_share = 1.0;

  double params() const {
    return static_cast<double>(rows) * static_cast<double>(row_length) *
           static_cast<double>(copies);
  }
};

std::vector<Tensor> tensors_of(const Llm& llm);
/// Sum of `params()`; tied output counted once.
double parameter_count(const Llm& llm);
/// Parameters read for one token at batch 1: `params() * read_share` summed.
double parameters_read_per_token(const Llm& llm);
/// The multi-token-prediction layers, which some files hold beside `tensors_of`: for each a copy of
/// the last full layer and the projection of two hidden states to one. They belong to no layer and
/// no token of plain decode reads them. Empty for a model without any.
std::vector<Tensor> mtp_tensors_of(const Llm& llm);
double mtp_parameter_count(const Llm& llm);

}  // namespace foretoken::model
