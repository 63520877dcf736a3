#pragma once

/// The OpenCL backend's kernels: OpenCL C 1.2 without extensions, compiled at run time.

#include <string>

namespace foretoken::probe {

/// All kernels for `m` token rows and work-groups of `local` items, a power of two from 32 on. `m`
/// and `local` must be given to the compiler by `opencl_build_options`.
const std::string& opencl_source();

std::string opencl_build_options(int m, int local);

}  // namespace foretoken::probe
