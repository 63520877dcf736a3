#pragma once

/// The law's coefficients draw by draw: parameters that rows speak of from their joint posterior,
/// keys that no row speaks of from the spread of their level.

#include <vector>

#include "ops/coefficients.h"
#include "ops/draws.h"

namespace foretoken::ops {

/// ln of the coefficient in each draw, less ln of its point; all zero when the pool has no such
/// roof.
Draws ln_offsets(const PoolCoefficients& pool, CoefficientId id, const Context& context);

/// The coefficients of a family in each draw; `point` is what `resolve_law` gives.
std::vector<LawCoefficients<double>> draw_law(const PoolCoefficients& pool, Family family,
                                              const Context& context,
                                              const LawCoefficients<double>& point);

}  // namespace foretoken::ops
