#include "model/gguf_tensors.h"

#include <algorithm>
#include <charconv>

namespace foretoken::model {
namespace {

struct Place {
  int layer = kNoLayer;
  std::string_view name;
};

/// Names like "blk.x" and "blk.1234567.y" are in no layer.
Place place_of(std::string_view name) {
  constexpr std::string_view kBlock = "blk.";
  constexpr std::size_t kMostDigits = 4;
  if (name.substr(0, kBlock.size()) != kBlock) return {kNoLayer, name};
  const std::string_view rest = name.substr(kBlock.size());
  const std::size_t dot = rest.find('.');
  if (dot == std::string_view::npos || dot == 0 || dot > kMostDigits) return {kNoLayer, name};
  int layer = kNoLayer;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + dot, layer);
  if (error != std::errc() || end != rest.data() + dot || layer < 0) return {kNoLayer, name};
  return {layer, rest.substr(dot + 1)};
}

}  // namespace

GgufTensors::GgufTensors(const std::vector<GgufTensor>& tensors) {
  for (const GgufTensor& tensor : tensors) {
    const Place place = place_of(tensor.name);
    by_layer_[place.layer].emplace(place.name, &tensor);
    layers_ = std::max(layers_, place.layer + 1);
  }
}

const GgufTensor* GgufTensors::find(int layer, std::string_view name) const {
  const ByName& all = in_layer(layer);
  const auto found = all.find(name);
  return found == all.end() ? nullptr : found->second;
}

std::int64_t GgufTensors::dim(int layer, std::string_view name, std::size_t dim) const {
  const GgufTensor* tensor = find(layer, name);
  return tensor == nullptr ? 0 : tensor->dims[dim];
}

const GgufTensors::ByName& GgufTensors::in_layer(int layer) const {
  static const ByName kNone;
  const auto found = by_layer_.find(layer);
  return found == by_layer_.end() ? kNone : found->second;
}

}  // namespace foretoken::model
