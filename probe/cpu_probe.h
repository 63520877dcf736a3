#pragma once

/// Times real kernels on the processor that this runs on.

#include "probe/cpu_plan.h"
#include "probe/host.h"
#include "probe/sample.h"

namespace foretoken::probe {

/// Throws Error when memory or threads cannot be had. A kernel that deviates from its reference is
/// left out with a warning.
Findings probe_cpu(const Host& host, const CpuProbeOptions& options, const Progress& progress);

/// Bytes a second of the fastest pass over memory, of all numbers of threads: what the machine can
/// do, where others work beside. Takes about `seconds`. Throws as `probe_cpu`.
double fastest_read(const Host& host, double seconds);

}  // namespace foretoken::probe
