#pragma once

/// From a measured kernel to an operator, its load and its context.
///
/// Three operators of a probe are no part of a step. A `read` of `bytes` beyond the last-level
/// cache has the memory roof of a matrix and no other, so it teaches the device's share of
/// bandwidth; with fewer threads than cores it is kept aside, label `few-threads`. A `launch` is a
/// matrix without load and teaches its fixed cost. A `copy` is kept aside, label `copy`.

#include <string>

#include "calibrate/measurement.h"
#include "sim/library.h"
#include "sim/step_loads.h"

namespace foretoken::calibrate {

struct ResolvedKernel {
  const KernelRow* row = nullptr;
  const hwdb::Device* device = nullptr;
  sim::StepLoads loads;  ///< one operator
  std::string pool;
  std::string label;
  std::string reject;
  bool clean() const { return reject.empty() && label.empty(); }
};

ResolvedKernel resolve_kernel(const sim::Library& library, const KernelRow& row);

}  // namespace foretoken::calibrate
