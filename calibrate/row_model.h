#pragma once

/// The law over one fit row, with its derivative: what the solver and the covariance both use.

#include <vector>

#include "calibrate/fit_row.h"

namespace foretoken::calibrate {

/// ln of the predicted seconds. When `gradient` is not null it receives d ln t / d ln c for every
/// coefficient of the row.
double ln_predicted(const FitRow& row, const std::vector<double>& parameters,
                    std::vector<double>* gradient);

}  // namespace foretoken::calibrate
