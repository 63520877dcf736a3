#include "model/layer_groups.h"

#include <algorithm>

namespace foretoken::model {
namespace {

bool equal_tensors(const WeightAssignment& weights, const std::vector<std::size_t>& a,
                   const std::vector<std::size_t>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](std::size_t i, std::size_t j) {
    const Tensor& x = weights.tensors[i];
    const Tensor& y = weights.tensors[j];
    return weights.formats[i] == weights.formats[j] && x.role == y.role && x.rows == y.rows &&
           x.row_length == y.row_length && x.copies == y.copies;
  });
}

}  // namespace

LayerGroups group_layers(const Llm& llm, const WeightAssignment& weights) {
  LayerGroups groups;
  std::vector<std::vector<std::size_t>> by_layer(llm.layers.size());
  for (std::size_t i = 0; i < weights.tensors.size(); ++i) {
    const int layer = weights.tensors[i].layer;
    (layer < 0 ? groups.outside : by_layer[static_cast<std::size_t>(layer)]).push_back(i);
  }
  for (std::size_t l = static_cast<std::size_t>(llm.encoder_layers); l < llm.layers.size(); ++l) {
    const auto same =
        std::find_if(groups.layers.begin(), groups.layers.end(), [&](const LayerGroup& group) {
          return llm.layers[group.layer] == llm.layers[l] &&
                 equal_tensors(weights, group.tensors, by_layer[l]);
        });
    if (same != groups.layers.end()) {
      same->count += 1;
    } else {
      groups.layers.push_back({.layer = l, .count = 1, .tensors = by_layer[l]});
    }
  }
  return groups;
}

}  // namespace foretoken::model
