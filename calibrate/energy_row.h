#pragma once

/// A measured row as the energy law sees it: joules of a step, and what they were spent on.

#include <optional>

#include "base/number_format.h"
#include "calibrate/resolver.h"
#include "sim/energy_loads.h"

namespace foretoken::calibrate {

struct EnergyRow {
  const ResolvedRow* row = nullptr;
  sim::StepEnergyLoads loads;
  double seconds = 0;           ///< of a mean step, prompts of others included
  double joules = 0;            ///< of a mean step, all devices together
  bool predicted_time = false;  ///< `seconds` are foretold, not measured
};

/// Nothing for a row that states neither power nor energy, or not where it was read. The step is
/// the mean over the time that power was averaged over, so prompts that a server read meanwhile are
/// in it, also where the row's own latency is a median that met none.
std::optional<EnergyRow> energy_row_of(const ResolvedRow& row, const FormatTable& formats);

/// What the row asks of the mean step that its energy is of: its own request, with the prompts that
/// a server read meanwhile.
sim::Request mean_step_request(const ResolvedRow& row);

/// The same row with the step lasting `seconds`, joules as measured.
EnergyRow at_predicted_time(const EnergyRow& row, double seconds, const FormatTable& formats);

/// Whether such a row is one of a whole model on devices that all take part, rightly named. A rate
/// that holds a prompt, throttling or a cap do not matter to it: its time is as measured.
bool energy_counts(const ResolvedRow& row);

}  // namespace foretoken::calibrate
