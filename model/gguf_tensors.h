#pragma once

/// The tensors of a GGUF file by layer and name: "blk.7.attn_q.weight" is "attn_q.weight" of layer
/// 7, what is in no block belongs to layer -1.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/gguf_header.h"

namespace foretoken::model {

inline constexpr int kNoLayer = -1;

class GgufTensors {
 public:
  using ByName = std::map<std::string, const GgufTensor*, std::less<>>;

  /// `tensors` must outlive this.
  explicit GgufTensors(const std::vector<GgufTensor>& tensors);

  const GgufTensor* find(int layer, std::string_view name) const;
  bool has(int layer, std::string_view name) const { return find(layer, name) != nullptr; }
  /// Dimension `dim` of a tensor, 0 when there is no such tensor.
  std::int64_t dim(int layer, std::string_view name, std::size_t dim) const;
  /// All of a layer, in the order of their names.
  const ByName& in_layer(int layer) const;
  /// One more than the largest layer; 0 without any.
  int layers() const { return layers_; }

 private:
  std::map<int, ByName> by_layer_;
  int layers_ = 0;
};

}  // namespace foretoken::model
