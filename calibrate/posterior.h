#pragma once

/// The Laplace posterior of a fit: marginal variances of the parameters at the optimum.

#include <cstdint>
#include <vector>

#include "calibrate/fit_row.h"
#include "calibrate/solve.h"

namespace foretoken::calibrate {

/// Diagonal of the inverse of the Gauss-Newton Hessian, rows weighted as the robust loss weights
/// them at these parameters. The Hessian is sparse: operators of different families share nothing.
std::vector<double> posterior_variances(const std::vector<FitRow>& rows,
                                        const std::vector<std::uint8_t>& included,
                                        const Scales& scales,
                                        const std::vector<double>& parameters);

}  // namespace foretoken::calibrate
