#pragma once

/// The fit of what memory cannot be counted (sim/memory_law.h): for each runtime and device class a
/// constant and a share of the compute buffer, by least squares of relative errors with the prior
/// that the runtime's file states, rows far off losing weight (Cauchy). Rows of one configuration
/// share the weight of the square root of their number. Rows that count buffers alone say nothing
/// of the constant.

#include <string>
#include <vector>

#include "calibrate/memory_rows.h"
#include "sim/memory_law.h"

namespace foretoken::calibrate {

/// Learns from rows for which `takes_part`, parallel to `rows`, is true.
sim::MemoryLaw fit_memory(const std::vector<MemoryRow>& rows, const std::vector<bool>& takes_part);

/// What the law says of a row: its total as the source counts it, with the interval.
sim::MemoryFit predicted_memory(const MemoryRow& row, const sim::MemoryLaw& law, double level);

}  // namespace foretoken::calibrate
