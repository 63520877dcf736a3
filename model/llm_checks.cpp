#include "model/llm_checks.h"

#include <cmath>
#include <cstddef>

#include <fmt/format.h>

#include "model/tensors.h"

namespace foretoken::model {
namespace {

bool stores_kv_before(const Llm& llm, std::size_t end) {
  for (std::size_t i = 0; i < end; ++i) {
    const auto& attention = llm.layers[i].attention;
    if (attention && !attention->reuses_kv) return true;
  }
  return false;
}

void check_attention(const Llm& llm, std::size_t index, std::vector<std::string>& faults) {
  const auto& attention = llm.layers[index].attention;
  if (!attention) return;
  if (attention->heads % attention->kv_heads != 0) {
    faults.push_back(fmt::format("layer {}: {} heads cannot share {} kv_heads evenly", index,
                                 attention->heads, attention->kv_heads));
  }
  if (attention->reuses_kv && !stores_kv_before(llm, index)) {
    faults.push_back(fmt::format("layer {}: reuses_kv, but no earlier layer stores any", index));
  }
  if (attention->chunked && attention->window == 0) {
    faults.push_back(fmt::format("layer {}: chunked needs a window", index));
  }
}

void check_layer(const Llm& llm, std::size_t index, std::vector<std::string>& faults) {
  const Layer& layer = llm.layers[index];
  check_attention(llm, index, faults);
  if (layer.moe && layer.moe->experts_per_token > layer.moe->experts) {
    faults.push_back(fmt::format("layer {}: {} experts_per_token of {} experts", index,
                                 layer.moe->experts_per_token, layer.moe->experts));
  }
  if (layer.mla && layer.mla->o_groups > 0 &&
      layer.mla->heads * layer.mla->value_dim % layer.mla->o_groups != 0) {
    faults.push_back(fmt::format("layer {}: o_groups does not divide heads * value_dim", index));
  }
  const bool mixes = layer.attention || layer.mla || layer.mamba || layer.delta_net || layer.rwkv ||
                     layer.short_conv;
  if (!mixes && !layer.dense && !layer.moe) {
    faults.push_back(fmt::format("layer {}: has neither a mixer nor an FFN", index));
  }
  if (layer.rwkv && layer.rwkv->version == 7 && llm.hidden % layer.rwkv->head_dim != 0) {
    faults.push_back(fmt::format("layer {}: rwkv head_dim does not divide hidden", index));
  }
}

}  // namespace

std::vector<std::string> llm_faults(const Llm& llm) {
  std::vector<std::string> faults;
  if (llm.layers.empty()) faults.emplace_back("there are no layers");
  if (llm.encoder_layers > 0 && static_cast<std::size_t>(llm.encoder_layers) >= llm.layers.size()) {
    faults.emplace_back("encoder_layers leaves no decoder layer");
  }
  // The first bad layer is enough: the others are most often of the same type.
  for (std::size_t i = 0; i < llm.layers.size() && faults.empty(); ++i) {
    check_layer(llm, i, faults);
  }
  if (!faults.empty()) return faults;
  const double error = published_params_error(llm);
  if (std::abs(error) > kPublishedParamsTolerance) {
    faults.push_back(fmt::format(
        "the shapes have {:.4g} parameters, published are {:.4g}: {:+.2f} % where at most {:.0f} % "
        "is accepted",
        parameter_count(llm), llm.published_params.value_or(0.0), 100.0 * error,
        100.0 * kPublishedParamsTolerance));
  }
  return faults;
}

double published_params_error(const Llm& llm) {
  if (!llm.published_params) return 0.0;
  double params = parameter_count(llm);
  if (llm.published_includes_mtp) params += mtp_parameter_count(llm);
  return params / *llm.published_params - 1.0;
}

}  // namespace foretoken::model
