#include "hwdb/runtime.h"

#include <algorithm>

namespace foretoken::hwdb {

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

}  // namespace foretoken::hwdb
