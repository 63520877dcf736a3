#pragma once

/// One solve: the least-squares problem at given spreads and residual scale, handed to Ceres.

#include <cstdint>
#include <vector>

#include "calibrate/fit_row.h"

namespace foretoken::calibrate {

struct Scales {
  std::vector<double> spreads;  ///< prior standard deviation of each parameter
  std::vector<double> noise;    ///< standard deviation of ln residuals, by source
};

struct SolveResult {
  int iterations = 0;
  bool converged = false;
};

/// Ceres' Cauchy loss is in units of the residual scale.
inline constexpr double kLossScale = 2.0;

/// Moves `parameters` to the optimum over the included rows.
SolveResult solve(const std::vector<FitRow>& rows, const std::vector<std::uint8_t>& included,
                  const Scales& scales, int max_iterations, std::vector<double>& parameters);

}  // namespace foretoken::calibrate
