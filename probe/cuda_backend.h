#pragma once

/// Kernels timed on an NVIDIA GPU by the CUDA plug-in.

#include "probe/cuda_plugin.h"
#include "probe/gpu_facts.h"
#include "probe/sample.h"

namespace foretoken::probe {

/// Throws Error with the plug-in's words when there is no such device or driver.
GpuFacts describe_cuda(const CudaPlugin& plugin, int device);

/// Throws Error when the device fails; a kernel that deviates from its reference is left out with a
/// warning.
Findings probe_cuda(const CudaPlugin& plugin, const GpuProbeOptions& options,
                    const Progress& progress);

}  // namespace foretoken::probe
