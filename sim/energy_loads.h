#pragma once

/// What a step asks of the energy law: amounts, and the contexts that their prices are looked up
/// in.

#include <string>
#include <string_view>
#include <vector>

#include "ops/coefficient_id.h"
#include "ops/context.h"
#include "sim/request.h"
#include "sim/step_loads.h"

namespace foretoken::sim {

struct EnergyLoad {
  ops::EnergyTerm term = ops::EnergyTerm::Static;
  double amount = 0;  ///< joules at a coefficient of 1 (seconds, of the host); all devices together
  std::size_t context = 0;  ///< index into `StepEnergyLoads::contexts`
};

struct StepEnergyLoads {
  std::vector<EnergyLoad> loads;
  double rated = 0;                    ///< watt seconds at rated power, all devices; 0: not rated
  std::vector<ops::Context> contexts;  ///< the first is the step's own
};

/// Words that rows have for where power was read, as one of "chip", "rails", "soc", "gpu", "board",
/// "wall"; "" where a row does not say.
std::string power_scope(std::string_view text);

/// `step` is of one device of `devices` that share it; it takes `seconds`. `scope` as
/// `power_scope` gives it; `group`, "tp" or "ep", is how the devices share the step.
StepEnergyLoads energy_loads(const StepLoads& step, const Request& request, double devices,
                             double seconds, const std::string& scope,
                             const std::string& group = "tp");

}  // namespace foretoken::sim
