#pragma once

/// Cases of a plan timed on ggml.

#include <vector>

#include "probe/cpu_plan.h"
#include "probe/sample.h"

namespace foretoken::probe {

/// Adds samples and warnings to `findings`, as `probe_ggml` (ggml_backend.h) throws and warns.
void time_ggml(std::vector<Sample> plan, const CpuMachine& machine, double seconds,
               const Progress& progress, Findings& findings);

}  // namespace foretoken::probe
