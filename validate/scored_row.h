#pragma once

/// One predicted row beside its measurement: what metrics, groups and rankings are made of.

#include <array>
#include <string>
#include <vector>

#include "calibrate/dataset.h"
#include "validate/scorecard.h"

namespace foretoken::validate {

inline constexpr std::array<double, 3> kLevels{0.5, 0.8, 0.9};

struct ScoredRow {
  const calibrate::PoolRow* row = nullptr;
  const calibrate::PoolData* pool = nullptr;
  double measured = 0;                        ///< seconds
  double predicted = 0;                       ///< seconds
  std::array<bool, 3> covered{};              ///< by the interval of each of `kLevels`
  std::array<double, kBaselines> baseline{};  ///< seconds; 0: not computed
};

/// Which of the levels' intervals hold ln(measured/predicted).
std::array<bool, 3> covered_by(const std::vector<double>& residual_quantiles, double ln_ratio);

}  // namespace foretoken::validate
