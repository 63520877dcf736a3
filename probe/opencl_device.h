#pragma once

/// OpenCL's devices, and its errors in words. The only header that includes OpenCL's.

#ifndef CL_HPP_ENABLE_EXCEPTIONS
#define CL_HPP_ENABLE_EXCEPTIONS
#define CL_HPP_TARGET_OPENCL_VERSION 120
#define CL_HPP_MINIMUM_OPENCL_VERSION 120
#endif
#include <functional>
#include <string>
#include <vector>

#include <CL/opencl.hpp>

#include "probe/gpu_facts.h"

namespace foretoken::probe {

/// Of all platforms, GPUs first. Throws Error when there is none.
std::vector<cl::Device> opencl_devices();

GpuFacts opencl_facts(const cl::Device& device);

/// Runs something that talks to OpenCL and turns its errors into Error.
void with_opencl_errors(const std::function<void()>& action);

}  // namespace foretoken::probe
