#pragma once

/// Sums over the threads of a block of whole warps.

#include <cuda_runtime.h>

namespace foretoken::probe::cuda {

template <typename Value>
__device__ inline Value warp_sum(Value value) {
#pragma unroll
  for (int distance = 16; distance > 0; distance /= 2) {
    value += __shfl_xor_sync(0xffffffffU, value, distance);
  }
  return value;
}

/// Sums `values[Count]` of every thread; thread i < Count returns the sum of values[i], others 0.
template <int Count, int Warps, typename Value>
__device__ inline Value block_sums(const Value (&values)[Count]) {
  __shared__ Value shared[Warps][Count];
  const int warp = static_cast<int>(threadIdx.x) / 32;
  const int lane = static_cast<int>(threadIdx.x) % 32;
#pragma unroll
  for (int i = 0; i < Count; ++i) {
    const Value sum = warp_sum(values[i]);
    if (lane == 0) shared[warp][i] = sum;
  }
  __syncthreads();
  Value sum = 0;
  if (static_cast<int>(threadIdx.x) < Count) {
#pragma unroll
    for (int w = 0; w < Warps; ++w) sum += shared[w][threadIdx.x];
  }
  return sum;
}

}  // namespace foretoken::probe::cuda
