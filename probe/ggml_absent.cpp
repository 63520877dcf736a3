#include "base/error.h"
#include "probe/ggml_backend.h"

// In place of the backend where the build found no ggml.

namespace foretoken::probe {

Findings probe_ggml(const Host& /*host*/, const CpuProbeOptions& /*options*/,
                    const Progress& /*progress*/) {
  throw Error(
      "this program was built without ggml: install its libraries and headers ('cmake --install' "
      "of ggml or llama.cpp) and build it anew, with their folder in CMAKE_PREFIX_PATH");
}

}  // namespace foretoken::probe
