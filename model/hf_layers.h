#pragma once

/// Layers of a `config.json`: which kind each layer is, and its shapes. Private to `hf_config.cpp`.

#include <cstddef>
#include <vector>

#include "model/hf_family.h"
#include "model/hf_keys.h"
#include "model/llm.h"

namespace foretoken::model {

enum class LayerKind : unsigned char {
  Full,
  Window,
  Chunked,
  Linear,  ///< gated delta net
  Conv,
  Mamba,      ///< with an FFN
  Parallel,   ///< attention beside mamba
  OnlyMamba,  ///< single-mixer layers of hybrids
  OnlyAttention,
  OnlyDense,
  OnlyMoe,
};

/// What the layer functions need beside the keys.
struct HfContext {
  HfKeys& keys;
  const HfFamily& family;
  std::int64_t hidden = 0;
  std::size_t layers = 0;
  std::size_t shared_kv_layers = 0;  ///< the last of them that reuse KV
};

/// One kind a layer.
std::vector<LayerKind> layer_kinds(HfContext& context);
/// Sets the mixers of layer `index` (hf_mixers.cpp).
void set_mixers(HfContext& context, std::size_t index, LayerKind kind, Layer& layer);
/// Sets its FFNs (hf_ffn.cpp).
void set_ffns(HfContext& context, std::size_t index, LayerKind kind, Layer& layer);

}  // namespace foretoken::model
