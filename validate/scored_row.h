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
  double measured = 0;   ///< seconds, or joules of a row of the energy law
  double predicted = 0;  ///< the same
  double below = 0;      ///< probability given to a time below the measured one
  double ln_width = 0;   ///< of the 90 % interval
  std::array<double, kBaselines> baseline{};  ///< seconds; 0: not computed
};

/// Whether the interval of the level, equal tails, holds the measurement.
bool covered(const ScoredRow& row, double level);

}  // namespace foretoken::validate
