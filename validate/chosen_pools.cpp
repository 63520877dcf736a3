#include "validate/chosen_pools.h"

#include <algorithm>

#include "base/error.h"

namespace foretoken::validate {

std::vector<const calibrate::PoolData*> chosen_pools(const calibrate::Dataset& data,
                                                     const std::vector<std::string>& names) {
  std::vector<const calibrate::PoolData*> pools;
  for (const auto& entry : data.pools) {
    if (names.empty() || std::find(names.begin(), names.end(), entry.first) != names.end()) {
      pools.push_back(&entry.second);
    }
  }
  for (const std::string& name : names) {
    if (data.pools.count(name) != 0) continue;
    std::string known;
    for (const auto& entry : data.pools) known += (known.empty() ? "" : ", ") + entry.first;
    throw Error("no measured row in pool '" + name + "'; there are " + known);
  }
  return pools;
}

std::vector<const calibrate::PoolData*> energy_pool(const calibrate::Dataset& data) {
  if (data.energy.rows.empty()) throw Error("no measured row states power or energy");
  return {&data.energy};
}

}  // namespace foretoken::validate
