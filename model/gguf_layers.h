#pragma once

/// Layers of a GGUF file: which mixers and FFNs a layer has is told by its tensors, their shapes by
/// the keys. Private to `gguf_model.cpp`.

#include <cstddef>
#include <vector>

#include "model/gguf_family.h"
#include "model/gguf_keys.h"
#include "model/gguf_tensors.h"
#include "model/llm.h"

namespace foretoken::model {

/// What the layer functions need.
struct GgufContext {
  GgufKeys& keys;
  const GgufTensors& tensors;
  const GgufFamily& family;
  std::int64_t hidden = 0;
  std::size_t layers = 0;
  std::size_t shared_kv_layers = 0;   ///< the last of them that reuse KV
  std::vector<std::int64_t> windows;  ///< tokens of each layer's window; 0: full attention

  bool has(std::size_t layer, std::string_view name) const {
    return tensors.has(static_cast<int>(layer), name);
  }
  std::int64_t dim(std::size_t layer, std::string_view name, std::size_t dim) const {
    return tensors.dim(static_cast<int>(layer), name, dim);
  }
};

/// One entry a layer.
std::vector<std::int64_t> gguf_windows(GgufContext& context);
/// Layer `index` whole.
Layer gguf_layer(GgufContext& context, std::size_t index);
/// Sets the mixers of layer `index` (gguf_mixers.cpp).
void set_gguf_mixers(GgufContext& context, std::size_t index, Layer& layer);

}  // namespace foretoken::model
