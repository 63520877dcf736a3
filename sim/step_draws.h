#pragma once

/// The doubt of a step's or an operator's price: the law draw by draw.

#include "sim/interval.h"
#include "sim/step_cost.h"

namespace foretoken::sim {

/// `cost` is what `step_cost` gave; `known_device` whether steps of this very device were fitted.
Doubt step_doubt(const StepLoads& step, const Pricing& pricing, const StepCost& cost,
                 bool known_device);

/// Of one operator alone, as a kernel's row measures it.
Doubt op_doubt(const ops::Load& load, const ops::PoolCoefficients& pool, ops::Family family,
               const ops::Context& context, bool known_device);

}  // namespace foretoken::sim
