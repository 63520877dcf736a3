#pragma once

/// From a measured kernel to an operator, its load and its context.

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
