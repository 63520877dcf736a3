#pragma once

/// ggml's own kernels timed on this processor, as llama.cpp runs them: rows of that runtime. A
/// program built without ggml has this function too; it throws and says so.

#include "probe/cpu_plan.h"
#include "probe/host.h"
#include "probe/sample.h"

namespace foretoken::probe {

/// Throws Error when ggml has no backend for this processor or memory cannot be had. A kernel that
/// ggml lacks or that deviates from its reference is left out with a warning.
Findings probe_ggml(const Host& host, const CpuProbeOptions& options, const Progress& progress);

}  // namespace foretoken::probe
