#pragma once

/// What each tensor name of GGUF stands for. A tensor that holds several of the product's (fused q,
/// k and v; gate beside up) is cut into pieces. Private to `gguf_weights.cpp`.

#include <cstdint>
#include <string_view>
#include <vector>

#include "model/gguf_header.h"
#include "model/llm.h"
#include "model/tensors.h"

namespace foretoken::model {

struct GgufPiece {
  TensorRole role{};
  std::int64_t rows = 0;
  std::int64_t row_length = 0;
  std::int64_t copies = 1;
  const GgufTensor* tensor = nullptr;

  double values() const;
};

/// The matrices that tensor `name` of `layer` (kNoLayer: of none) holds, in order; empty when it is
/// no matrix that a step multiplies or looks rows up in.
std::vector<GgufPiece> gguf_pieces(const GgufTensor& tensor, std::string_view name, int layer,
                                   const Llm& llm);

/// Norm, Bias or SmallVector, by the name of a tensor that is no matrix.
TensorRole gguf_rider_role(std::string_view name);

/// Whether a tensor of that name is small by its nature, however many values it has.
bool is_gguf_rider(std::string_view name);

}  // namespace foretoken::model
