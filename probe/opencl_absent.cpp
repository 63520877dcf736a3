#include "base/error.h"
#include "probe/opencl_backend.h"

// In place of the backend where the build found no OpenCL.

namespace foretoken::probe {
namespace {

[[noreturn]] void refuse() {
  throw Error(
      "this program was built without OpenCL: install its headers and loader "
      "(ocl-icd-opencl-dev on Debian) and build it anew");
}

}  // namespace

std::vector<GpuFacts> describe_opencl() { refuse(); }

Findings probe_opencl(const GpuProbeOptions& /*options*/, const Progress& /*progress*/) {
  refuse();
}

}  // namespace foretoken::probe
