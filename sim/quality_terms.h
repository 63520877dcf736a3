#pragma once

/// What a quantized model's loss is made of: each matrix that is rounded adds noise to what the
/// model computes, so do a rounded KV cache and rounded activations. A term is one number format in
/// one place, with its share of the place's numbers; which share of the loss it makes is a matter
/// of the law (quality_law.h).

#include <string>
#include <vector>

#include "base/number_format.h"
#include "model/llm.h"
#include "model/weight_scheme.h"

namespace foretoken::sim {

/// How weights were quantized beyond their number format.
struct QuantizedBy {
  std::string quantizer;  ///< "gptq", "rtn", ...; "": the format's own tool
  double imatrix = 0.5;   ///< 1 with an importance matrix, 0 without, one half: not known
};

struct NoiseTerm {
  std::string place;   ///< "attn_v", "ffn_down", "output", ..., "activations", "kv_keys"
  double share = 1;    ///< of the parameters in the layers, or of the cache's halves
  std::string format;  ///< number format, of rows that stand interleaved that of plain ones
  std::string kind;    ///< formats of a kind err alike: "k-quant", "i-quant", "table", ...
  double bits = 16;    ///< a value, scales included
  std::string quantizer;
  double imatrix = 0.5;
};

/// Terms of the weights. Formats of 16 and more bits err so little that they are left out, so do
/// tensors that no format touches. Kernels of GGUF's formats round activations to 8 bits in blocks
/// of 32 or 256 first, which is a term of its own.
std::vector<NoiseTerm> weight_terms(const model::WeightAssignment& weights,
                                    const FormatTable& formats, const QuantizedBy& by);

/// Every matrix of the layers in one format, embedding and output in 8 bits.
std::vector<NoiseTerm> uniform_terms(const model::Llm& llm, const NumberFormat& format,
                                     const QuantizedBy& by);

/// Terms of a cache of these formats ("": 16 bits), half the noise for each of keys and values.
std::vector<NoiseTerm> kv_terms(const std::string& keys, const std::string& values,
                                const FormatTable& formats);

/// The term of activations in this arithmetic ("int8", "fp8", "int4", "fp4"); empty for 16 bits.
std::vector<NoiseTerm> activation_terms(const std::string& arithmetic);

}  // namespace foretoken::sim
