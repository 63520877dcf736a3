#pragma once

/// The shorthand for a stack of layers: one letter a layer, a number repeats what stands before it,
/// parentheses group. "(SSSSSF)4 SS" is 26 layers; "D3 E58" is 61. Blanks are free.

#include <string>
#include <string_view>

namespace foretoken::model {

inline constexpr int kMaxLayers = 1024;

/// The pattern written out, or what is wrong with it in `error` (then `letters` is empty).
struct ExpandedPattern {
  std::string letters;
  std::string error;
};
ExpandedPattern expand_layer_pattern(std::string_view pattern);

}  // namespace foretoken::model
