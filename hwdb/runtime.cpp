#include "hwdb/runtime.h"

#include <algorithm>

namespace foretoken::hwdb {

std::string_view text_of(Fusion fusion) {
  constexpr std::array<std::string_view, kFusions> kWords{
      "qkv", "gate_up", "norm", "norm_scale",   "rope",
      "moe", "routing", "glu",  "quantization", "hyper_connections"};
  return kWords[static_cast<std::size_t>(fusion)];
}

std::string_view text_of(WeightLayout layout) {
  constexpr std::array<std::string_view, kWeightLayouts> kWords{
      "gguf", "gguf_fork", "mlx", "exllama", "mlc", "checkpoint", "compiled"};
  return kWords[static_cast<std::size_t>(layout)];
}

bool Runtime::fuses(Fusion fusion, std::optional<double> build_year) const {
  const std::optional<double>& since = fuses_since[static_cast<std::size_t>(fusion)];
  return since && (!build_year || *build_year >= *since);
}

const std::string& Runtime::pool_of(const Device& device) const {
  static const std::string kNone;
  const auto fits = [&](const PoolRule& rule, std::string_view vendor) {
    return rule.device_class == device.device_class && rule.vendor == vendor;
  };
  for (const std::string_view vendor : {std::string_view(device.vendor), std::string_view()}) {
    const auto rule = std::find_if(pools.begin(), pools.end(),
                                   [&](const PoolRule& r) { return fits(r, vendor); });
    if (rule != pools.end()) return rule->pool;
  }
  return kNone;
}

const std::string& Runtime::taught_on(const Device& device) const {
  const auto rule = std::find_if(speaks_for.begin(), speaks_for.end(), [&](const SpeaksFor& r) {
    return r.device_class == device.device_class;
  });
  return rule == speaks_for.end() ? id : rule->runtime;
}

}  // namespace foretoken::hwdb
