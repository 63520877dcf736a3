#pragma once

/// How much a few measured rows of an unseen device help, by pool.

#include <string>
#include <vector>

#include "calibrate/few_shot.h"
#include "validate/run.h"

namespace foretoken::validate {

struct ShotsCell {
  std::size_t devices = 0;  ///< with more rows than shots
  std::size_t rows = 0;     ///< predicted, of all devices
  double median_error = 0;  ///< median over devices of the device's median error
};

struct ShotsLine {
  std::string pool;              ///< "all" for the last line
  std::vector<ShotsCell> cells;  ///< parallel to the card's shots
  /// The same over the devices that have more rows than the most shots asked for.
  std::vector<ShotsCell> same_devices;
};

/// The same over devices that have kernel rows too: what their steps, kernels or both buy.
struct KernelShotsLine {
  std::string pool;
  calibrate::Given given = calibrate::Given::Steps;
  std::vector<ShotsCell> cells;  ///< parallel to the card's shots
};

struct FewShotCard {
  std::vector<std::size_t> shots;
  std::vector<ShotsLine> lines;
  std::vector<KernelShotsLine> kernel_lines;  ///< empty: no device has both
};

/// Each device left out in turn, so many of its rows given back. `shots` ascending.
FewShotCard few_shot(const sim::Library& library, const std::vector<std::string>& data_folders,
                     const std::vector<std::size_t>& shots, const ValidateOptions& options);

}  // namespace foretoken::validate
