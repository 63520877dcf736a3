#pragma once

/// What a few rows of an unseen device buy: each device is left out, k of its rows are given back,
/// and the rest of them is predicted. The fit without the device is the prior of the update, so
/// nothing else is refitted.

#include <cstddef>
#include <cstdint>
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

/// What is given back of a device: measured steps, operators timed alone, or as many of each.
enum class Given : std::uint8_t { Steps, Kernels, Both };
inline constexpr int kGiven = 3;

/// Errors of one device's other steps once `shots` of what is given are known.
struct DeviceShots {
  std::string pool;
  std::string device;
  Given given = Given::Steps;
  bool has_kernels = false;  ///< the device has kernel rows at all
  std::size_t shots = 0;
  std::size_t scored = 0;   ///< rows left to predict
  double median_error = 0;  ///< |predicted/measured - 1|; median over rows, mean over choices
};

/// `shots` ascending. A device has no entry for as many shots as it has steps; entries with kernels
/// only where it has them, and all there are where they are fewer. The steps given back are of
/// distinct models where possible, then of distinct configurations, otherwise by a fixed hash;
/// kernels of distinct operators and formats, then of distinct shapes; three choices each. The
/// steps that are scored are the same whatever is given.
std::vector<DeviceShots> few_shot(const std::vector<FewShotPlan>& plans,
                                  const std::vector<std::size_t>& shots,
                                  const FitSettings& settings, int threads,
                                  const std::function<void(std::size_t, std::size_t)>& progress);

}  // namespace foretoken::calibrate
