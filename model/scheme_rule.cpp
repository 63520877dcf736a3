#include "model/scheme_rule.h"

#include <algorithm>

namespace foretoken::model {
namespace {

bool name_fits(std::string_view pattern, std::string_view name) {
  if (!pattern.empty() && pattern.back() == '*') {
    pattern.remove_suffix(1);
    return name.substr(0, pattern.size()) == pattern;
  }
  return pattern == name;
}

}  // namespace

bool in_band(LayerBand band, std::int64_t position, std::int64_t count) {
  const std::int64_t eighth = count / 8;
  switch (band) {
    case LayerBand::All:
      return true;
    case LayerBand::First:
      return position < eighth;
    case LayerBand::FirstSixteenth:
      return position < count / 16;
    case LayerBand::More:
      return position < eighth || position >= 7 * count / 8 || (position - eighth) % 3 == 2;
    case LayerBand::Middle:
      return position >= eighth && position < 7 * count / 8;
  }
  return false;
}

ModelTraits traits_of(const Llm& llm) {
  ModelTraits traits{.layers = static_cast<std::int64_t>(llm.layers.size()),
                     .family = llm.family,
                     .tied = llm.tied_embeddings,
                     .fused_qkv = llm.fused_qkv};
  for (const Layer& layer : llm.layers) {
    if (layer.attention) {
      ++traits.value_tensors;
      if (traits.gqa == 0) traits.gqa = layer.attention->heads / layer.attention->kv_heads;
    }
    if (layer.moe) traits.experts = std::max(traits.experts, layer.moe->experts);
  }
  return traits;
}

bool fits(const SchemeRule& rule, const TensorPlace& place, const ModelTraits& traits,
          bool base_is_float) {
  if (rule.quantized && base_is_float) return false;
  if (std::none_of(rule.tensors.begin(), rule.tensors.end(),
                   [&](const std::string& pattern) { return name_fits(pattern, place.name); })) {
    return false;
  }
  if (rule.first_layers && place.position >= *rule.first_layers) return false;
  if (rule.min_gqa && traits.gqa < *rule.min_gqa) return false;
  if (rule.min_experts && traits.experts < *rule.min_experts) return false;
  if (rule.experts && traits.experts != *rule.experts) return false;
  if (rule.layer_count && traits.layers != *rule.layer_count) return false;
  if (!rule.families.empty() &&
      std::find(rule.families.begin(), rule.families.end(), traits.family) == rule.families.end()) {
    return false;
  }
  return in_band(rule.band, place.position, place.count);
}

}  // namespace foretoken::model
