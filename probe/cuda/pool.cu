#include <algorithm>

#include "probe/cuda/pool.cuh"

namespace foretoken::probe::cuda {
namespace {

constexpr int kThreads = 256;

// As gpu::scrambled, which device code may not call without a compiler option.
__device__ std::uint32_t scrambled(std::uint32_t x) {
  x ^= x >> 16;
  x *= 0x85ebca6bU;
  x ^= x >> 13;
  x *= 0xc2b2ae35U;
  return x ^ (x >> 16);
}

__global__ void fill_kernel(std::uint16_t* at, long long count, gpu::FillRule rule,
                            std::uint32_t seed) {
  const long long step = static_cast<long long>(gridDim.x) * blockDim.x;
  for (long long i = static_cast<long long>(blockIdx.x) * blockDim.x + threadIdx.x; i < count;
       i += step) {
    std::uint32_t bits = scrambled(static_cast<std::uint32_t>(i) * 0x9e3779b9U + seed) >> 8;
    const int offset = static_cast<int>(i * 2 % rule.block_bytes);
    if (offset == rule.scale_at[0] || offset == rule.scale_at[1]) {
      bits = (bits & rule.keep) | rule.set;
    }
    at[i] = static_cast<std::uint16_t>(bits);
  }
}

}  // namespace

Pool::Pool(std::int64_t bytes, std::int64_t l2_bytes)
    : memory_(static_cast<std::size_t>(bytes)), l2_bytes_(l2_bytes) {}

void fill_random(std::uint8_t* at, std::int64_t bytes, const gpu::FillRule& rule,
                 std::uint32_t seed, cudaStream_t stream) {
  const long long count = bytes / 2;
  if (count == 0) return;
  const long long blocks = std::min<long long>((count + kThreads - 1) / kThreads, 8192);
  launch(fill_kernel, dim3(static_cast<unsigned>(blocks)), dim3(kThreads), stream,
         reinterpret_cast<std::uint16_t*>(at), count, rule, seed);
}

}  // namespace foretoken::probe::cuda
