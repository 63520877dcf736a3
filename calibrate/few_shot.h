#pragma once

/// What a few rows of an unseen device buy: each device is left out, k of its rows are given back,
/// and the rest of them is predicted. The fit without the device is the prior of the update, so
/// nothing else is refitted.

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "calibrate/dataset.h"
#include "calibrate/fit.h"

namespace foretoken::calibrate {

struct FewShotPlan {
  const PoolData* pool = nullptr;
  std::vector<double> start;  ///< parameters of the fit over all rows: a warm start only
};

/// Errors of one device's other rows once `shots` of its rows are known.
struct DeviceShots {
  std::string pool;
  std::string device;
  std::size_t shots = 0;
  std::size_t scored = 0;   ///< rows left to predict
  double median_error = 0;  ///< |predicted/measured - 1|; median over rows, mean over choices
};

/// `shots` ascending. A device has no entry for as many shots as it has rows. The rows given back
/// are of distinct models where possible, then of distinct configurations, otherwise by a fixed
/// hash; three choices each.
std::vector<DeviceShots> few_shot(const std::vector<FewShotPlan>& plans,
                                  const std::vector<std::size_t>& shots,
                                  const FitSettings& settings, int threads,
                                  const std::function<void(std::size_t, std::size_t)>& progress);

}  // namespace foretoken::calibrate
