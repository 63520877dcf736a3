#pragma once

/// A model of `data/models` in a weight scheme as the GGUF file that llama.cpp's converter and
/// quantizer would make of it: its keys, names, fused tensors and small vectors.

#include <string>

#include "base/number_format.h"
#include "model/llm.h"
#include "model/weight_scheme.h"
#include "tests/support/gguf_writer.h"

namespace foretoken::test {

/// `architecture` is GGUF's name ("qwen3moe"), `file_type` the number of the scheme.
struct GgufKind {
  std::string architecture;
  int file_type = 0;
  bool old_mla = false;      ///< k and v up-projections in one tensor, as files before April 2025
  bool split_delta = false;  ///< the newer names of gated delta net tensors
};

GgufWriter gguf_of(const model::Llm& llm, const model::WeightAssignment& weights,
                   const FormatTable& formats, const GgufKind& kind);

}  // namespace foretoken::test
