#pragma once

/// The matrix-vector kernels behind one call each: y (m x n) = x (m x k) times W (n x k)
/// transposed.

#include <cstdint>

#include "probe/cuda/checked.cuh"
#include "probe/gpu_operands.h"

namespace foretoken::probe::cuda {

/// Activations of all forms on the device; a kernel takes the one of its weights.
struct DeviceActivations {
  const float* floats;
  const gpu::Q8Block* blocks;
  const std::int8_t* int8;
  const float* int8_scales;
};

/// Of GGUF blocks and int8 activations; m is 1, 2, 4 or 8.
void launch_gemv_blocks(gpu::Weights weights, int m, const std::uint8_t* w,
                        const DeviceActivations& x, float* y, int n, int k, cudaStream_t stream);

/// Of plain int8 rows, their half scales behind the matrix. `k` is a multiple of 16.
void launch_gemv_int8(int m, const std::uint8_t* w, const DeviceActivations& x, float* y, int n,
                      int k, cudaStream_t stream);

/// Of F32, F16 and BF16 weights and F32 activations. `k` is a multiple of 8.
void launch_gemv_float(gpu::Weights weights, int m, const std::uint8_t* w,
                       const DeviceActivations& x, float* y, int n, int k, cudaStream_t stream);

}  // namespace foretoken::probe::cuda
