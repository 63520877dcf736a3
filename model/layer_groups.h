#pragma once

/// Layers that are equal in shape and in the formats of their tensors, so that each kind is lowered
/// and costed once.

#include <cstddef>
#include <vector>

#include "model/llm.h"
#include "model/weight_scheme.h"

namespace foretoken::model {

struct LayerGroup {
  std::size_t layer = 0;  ///< index of the first of them
  double count = 1;
  std::vector<std::size_t> tensors;  ///< of that layer, indices into the assignment
};

struct LayerGroups {
  std::vector<LayerGroup> layers;    ///< decoder layers, in order of first appearance
  std::vector<std::size_t> outside;  ///< tensors of no layer
};

/// Leading encoder layers do not run in a step and are left out.
LayerGroups group_layers(const Llm& llm, const WeightAssignment& weights);

}  // namespace foretoken::model
