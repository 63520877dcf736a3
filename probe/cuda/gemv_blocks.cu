#include "probe/cuda/block_sum.cuh"
#include "probe/cuda/dots.cuh"
#include "probe/cuda/gemv_launch.cuh"

namespace foretoken::probe::cuda {
namespace {

/// A block of `Warps` warps makes `Rows` outputs of each of `M` token rows.
template <typename Dot, int M, int Rows, int Warps>
__global__ __launch_bounds__(32 * Warps) void gemv_blocks(const std::uint8_t* __restrict__ w,
                                                          const gpu::Q8Block* __restrict__ x,
                                                          float* __restrict__ y, int n, int k) {
  const int thread = static_cast<int>(threadIdx.x);
  const int row = static_cast<int>(blockIdx.x) * Rows;
  const int blocks = k / Dot::kValues;
  float sums[M * Rows];
#pragma unroll
  for (int i = 0; i < M * Rows; ++i) sums[i] = 0;
  for (int block = thread / Dot::kThreads; block < blocks; block += 32 * Warps / Dot::kThreads) {
#pragma unroll
    for (int r = 0; r < Rows; ++r) {
      const int clamped = row + r < n ? row + r : n - 1;  // no branch: its sum is not stored
      const std::uint8_t* at = w + (static_cast<long long>(clamped) * blocks + block) * Dot::kBytes;
#pragma unroll
      for (int j = 0; j < M; ++j) {
        sums[j * Rows + r] +=
            Dot::part(at, x + j * (k / 32) + block * (Dot::kValues / 32), thread % Dot::kThreads);
      }
    }
  }
  const float sum = block_sums<M * Rows, Warps>(sums);
  if (thread < M * Rows && row + thread % Rows < n) {
    y[static_cast<long long>(thread / Rows) * n + row + thread % Rows] = sum;
  }
}

/// Rows and warps of a block as llama.cpp chooses them on NVIDIA GPUs.
template <typename Dot, int M>
void launch_rows(const std::uint8_t* w, const gpu::Q8Block* x, float* y, int n, int k,
                 cudaStream_t stream) {
  constexpr int kRows = M == 1 ? 1 : 2;
  constexpr int kWarps = M <= 4 ? 4 : 2;
  launch(gemv_blocks<Dot, M, kRows, kWarps>, dim3(static_cast<unsigned>((n + kRows - 1) / kRows)),
         dim3(32 * kWarps), stream, w, x, y, n, k);
}

template <typename Dot>
void launch_dot(int m, const std::uint8_t* w, const gpu::Q8Block* x, float* y, int n, int k,
                cudaStream_t stream) {
  switch (m) {
    case 1:
      return launch_rows<Dot, 1>(w, x, y, n, k, stream);
    case 2:
      return launch_rows<Dot, 2>(w, x, y, n, k, stream);
    case 4:
      return launch_rows<Dot, 4>(w, x, y, n, k, stream);
    case 8:
      return launch_rows<Dot, 8>(w, x, y, n, k, stream);
    default:
      throw std::runtime_error("no kernel of " + std::to_string(m) + " token rows");
  }
}

}  // namespace

void launch_gemv_blocks(gpu::Weights weights, int m, const std::uint8_t* w,
                        const DeviceActivations& x, float* y, int n, int k, cudaStream_t stream) {
  switch (weights) {
    case gpu::Weights::Q80:
      return launch_dot<DotQ8_0>(m, w, x.blocks, y, n, k, stream);
    case gpu::Weights::Q40:
      return launch_dot<DotQ4_0>(m, w, x.blocks, y, n, k, stream);
    case gpu::Weights::Q4K:
      return launch_dot<DotQ4_K>(m, w, x.blocks, y, n, k, stream);
    case gpu::Weights::Q6K:
      return launch_dot<DotQ6_K>(m, w, x.blocks, y, n, k, stream);
    default:
      throw std::runtime_error("weights without blocks");
  }
}

}  // namespace foretoken::probe::cuda
