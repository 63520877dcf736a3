#include "probe/ggml_backend.h"

#include <string>

#include "probe/cpu_names.h"
#include "probe/cpu_rounds.h"
#include "probe/ggml_cases.h"
#include "probe/ggml_plan.h"

namespace foretoken::probe {
namespace {

/// As its package said when this program was built.
std::string build_name() {
  const std::string version = FORETOKEN_GGML_VERSION;
  return version.empty() ? "ggml" : "ggml " + version;
}

}  // namespace

Findings probe_ggml(const Host& host, const CpuProbeOptions& options, const Progress& progress) {
  const CpuMachine machine = machine_with_pool(host, options);
  Findings findings{.backend = "ggml",
                    .device = device_name(host.cpu),
                    .driver = build_name(),
                    .runtime = "llama.cpp-cpu"};
  time_ggml(ggml_plan(machine, options), machine, options.seconds, progress, findings);
  warn_of_limits(machine, host, findings);
  return findings;
}

}  // namespace foretoken::probe
