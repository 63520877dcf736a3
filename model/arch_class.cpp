#include "model/arch_class.h"

#include <algorithm>

namespace foretoken::model {
namespace {

bool any_layer(const Llm& llm, bool (*holds)(const Layer&)) {
  return std::any_of(llm.layers.begin(), llm.layers.end(), holds);
}

}  // namespace

std::string arch_class_of(const Llm& llm) {
  if (any_layer(llm, [](const Layer& layer) { return layer.rwkv.has_value(); })) return "ssm";
  const bool moe = any_layer(llm, [](const Layer& layer) { return layer.moe.has_value(); });
  if (any_layer(llm, [](const Layer& layer) { return layer.mla.has_value(); })) {
    return moe ? "mla" : "mla-dense";
  }
  if (any_layer(llm, [](const Layer& layer) {
        return layer.mamba || layer.delta_net || layer.short_conv;
      })) {
    return moe ? "hybrid-moe" : "hybrid";
  }
  if (any_layer(
          llm, [](const Layer& layer) { return layer.attention && layer.attention->window > 0; })) {
    return moe ? "moe-swa" : "swa";
  }
  return moe ? "moe" : "dense";
}

}  // namespace foretoken::model
