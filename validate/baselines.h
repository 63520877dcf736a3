#pragma once

/// What simpler predictors would have said on the same folds: time at peak bandwidth; at the best
/// single share of peak; and `bytes / (e BW) + layers c` with both fitted. Each is fitted to the
/// median absolute ln error over the fold's training rows of the pool.

#include <cstdint>
#include <vector>

#include "calibrate/dataset.h"
#include "validate/scorecard.h"

namespace foretoken::validate {

/// What a baseline knows of a row.
struct BaselineRow {
  double bytes_seconds = 0;  ///< bytes of the step over peak bandwidth
  double layers = 0;         ///< layers of the model; launches of a kernel
  double seconds = 0;        ///< measured
};

BaselineRow baseline_row(const calibrate::PoolRow& row);

/// Seconds that each baseline predicts for `row`, fitted on `training`.
class Baselines {
 public:
  explicit Baselines(const std::vector<BaselineRow>& training);
  std::array<double, kBaselines> predict(const BaselineRow& row) const;

 private:
  double efficiency_ = 1;       ///< of the one-parameter fit
  double line_efficiency_ = 1;  ///< of the two-parameter fit
  double layer_seconds_ = 0;
};

}  // namespace foretoken::validate
