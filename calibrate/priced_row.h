#pragma once

/// A measured row priced with fitted coefficients, as `foretoken predict` and `foretoken op` would
/// at the row's conditions: a prediction has no source, so what a fit knows of one is left out.

#include "calibrate/kernel_resolver.h"
#include "calibrate/resolver.h"
#include "ops/coefficients.h"
#include "sim/interval.h"
#include "sim/step_cost.h"

namespace foretoken::calibrate {

struct PricedStep {
  sim::StepLoads loads;
  sim::StepCost cost;
  sim::Doubt doubt;
  bool known_device = false;  ///< steps of this very device were fitted
};

struct PricedKernel {
  Seconds time{};
  sim::Bound bound = sim::Bound::Launch;
  sim::Doubt doubt;
  bool known_device = false;  ///< kernels of this very device were fitted
};

/// The row must not be rejected. Throws Error when the table lacks its pool.
PricedStep price_step(const ResolvedRow& row, const ops::CoefficientTable& coefficients);
PricedKernel price_kernel(const ResolvedKernel& row, const ops::CoefficientTable& coefficients);

}  // namespace foretoken::calibrate
