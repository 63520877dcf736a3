#pragma once

/// Kernels timed on any device that has an OpenCL driver. A program built without OpenCL has these
/// functions too; they throw and say so.

#include <vector>

#include "probe/gpu_facts.h"
#include "probe/sample.h"

namespace foretoken::probe {

/// Devices of all platforms, GPUs first; an index into them is `GpuProbeOptions::device`. Throws
/// Error when there is no platform or no device.
std::vector<GpuFacts> describe_opencl();

/// Throws Error when the device fails; a kernel that deviates from its reference is left out with a
/// warning.
Findings probe_opencl(const GpuProbeOptions& options, const Progress& progress);

}  // namespace foretoken::probe
