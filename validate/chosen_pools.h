#pragma once

/// Which pools are validated.

#include <string>
#include <vector>

#include "calibrate/dataset.h"

namespace foretoken::validate {

/// The pools of these names, all when none is named. Throws Error for a name without rows.
std::vector<const calibrate::PoolData*> chosen_pools(const calibrate::Dataset& data,
                                                     const std::vector<std::string>& names);

/// The rows that state power or energy. Throws Error where there are none.
std::vector<const calibrate::PoolData*> energy_pool(const calibrate::Dataset& data);

}  // namespace foretoken::validate
