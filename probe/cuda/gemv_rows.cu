#include <cuda_fp16.h>

#include "probe/cuda/block_sum.cuh"
#include "probe/cuda/gemv_launch.cuh"

// Matrix-vector kernels of weights that need no unpacking: floats and plain int8. A block of four
// warps makes one output of each token row; every load of weights is 16 bytes.

namespace foretoken::probe::cuda {
namespace {

constexpr int kWarps = 4;
constexpr int kThreads = 32 * kWarps;

struct LoadF32 {
  static constexpr int kValues = 4;
  __device__ static void unpack(const uint4& words, float (&values)[kValues]) {
    values[0] = __uint_as_float(words.x);
    values[1] = __uint_as_float(words.y);
    values[2] = __uint_as_float(words.z);
    values[3] = __uint_as_float(words.w);
  }
};

struct LoadF16 {
  static constexpr int kValues = 8;
  __device__ static void unpack(const uint4& words, float (&values)[kValues]) {
    const unsigned each[4] = {words.x, words.y, words.z, words.w};
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      values[2 * i] =
          __half2float(__ushort_as_half(static_cast<unsigned short>(each[i] & 0xffffU)));
      values[2 * i + 1] =
          __half2float(__ushort_as_half(static_cast<unsigned short>(each[i] >> 16)));
    }
  }
};

struct LoadBF16 {
  static constexpr int kValues = 8;
  __device__ static void unpack(const uint4& words, float (&values)[kValues]) {
    const unsigned each[4] = {words.x, words.y, words.z, words.w};
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      values[2 * i] = __uint_as_float(each[i] << 16);
      values[2 * i + 1] = __uint_as_float(each[i] & 0xffff0000U);
    }
  }
};

template <typename Load, int M>
__global__ __launch_bounds__(kThreads) void gemv_float(const uint4* __restrict__ w,
                                                       const float* __restrict__ x,
                                                       float* __restrict__ y, int n, int k) {
  constexpr int kValues = Load::kValues;
  constexpr int kAhead = M == 1 ? 4 : 1;  // loads of weights in flight, as registers allow
  const int words = k / kValues;
  const uint4* row = w + static_cast<long long>(blockIdx.x) * words;
  float sums[M];
#pragma unroll
  for (int j = 0; j < M; ++j) sums[j] = 0;
#pragma unroll kAhead
  for (int i = static_cast<int>(threadIdx.x); i < words; i += kThreads) {
    float values[kValues];
    Load::unpack(row[i], values);
#pragma unroll
    for (int j = 0; j < M; ++j) {
      const auto* with =
          reinterpret_cast<const float4*>(x + static_cast<long long>(j) * k) + i * (kValues / 4);
#pragma unroll
      for (int v = 0; v < kValues / 4; ++v) {
        const float4 four = with[v];
        sums[j] += values[4 * v] * four.x + values[4 * v + 1] * four.y +
                   values[4 * v + 2] * four.z + values[4 * v + 3] * four.w;
      }
    }
  }
  const float sum = block_sums<M, kWarps>(sums);
  if (threadIdx.x < M) y[static_cast<long long>(threadIdx.x) * n + blockIdx.x] = sum;
}

template <int M>
__global__ __launch_bounds__(kThreads) void gemv_int8(const int4* __restrict__ w,
                                                      const std::uint16_t* __restrict__ w_scales,
                                                      const std::int8_t* __restrict__ x,
                                                      const float* __restrict__ x_scales,
                                                      float* __restrict__ y, int n, int k) {
  constexpr int kAhead = M == 1 ? 4 : 1;
  const int words = k / 16;
  const int4* row = w + static_cast<long long>(blockIdx.x) * words;
  int sums[M];
#pragma unroll
  for (int j = 0; j < M; ++j) sums[j] = 0;
#pragma unroll kAhead
  for (int i = static_cast<int>(threadIdx.x); i < words; i += kThreads) {
    const int4 weights = row[i];
#pragma unroll
    for (int j = 0; j < M; ++j) {
      const int4 with = reinterpret_cast<const int4*>(x + static_cast<long long>(j) * k)[i];
      sums[j] = __dp4a(weights.x, with.x, sums[j]);
      sums[j] = __dp4a(weights.y, with.y, sums[j]);
      sums[j] = __dp4a(weights.z, with.z, sums[j]);
      sums[j] = __dp4a(weights.w, with.w, sums[j]);
    }
  }
  const int sum = block_sums<M, kWarps>(sums);
  if (threadIdx.x < M) {
    y[static_cast<long long>(threadIdx.x) * n + blockIdx.x] =
        static_cast<float>(sum) * x_scales[threadIdx.x] *
        __half2float(__ushort_as_half(w_scales[blockIdx.x]));
  }
}

template <typename Load, int M>
void launch_float(const std::uint8_t* w, const float* x, float* y, int n, int k,
                  cudaStream_t stream) {
  launch(gemv_float<Load, M>, dim3(static_cast<unsigned>(n)), dim3(kThreads), stream,
         reinterpret_cast<const uint4*>(w), x, y, n, k);
}

template <typename Load>
void launch_load(int m, const std::uint8_t* w, const float* x, float* y, int n, int k,
                 cudaStream_t stream) {
  switch (m) {
    case 1:
      return launch_float<Load, 1>(w, x, y, n, k, stream);
    case 2:
      return launch_float<Load, 2>(w, x, y, n, k, stream);
    case 4:
      return launch_float<Load, 4>(w, x, y, n, k, stream);
    case 8:
      return launch_float<Load, 8>(w, x, y, n, k, stream);
    default:
      throw std::runtime_error("no kernel of " + std::to_string(m) + " token rows");
  }
}

template <int M>
void launch_int8(const std::uint8_t* w, const DeviceActivations& x, float* y, int n, int k,
                 cudaStream_t stream) {
  const auto* scales = reinterpret_cast<const std::uint16_t*>(w + static_cast<long long>(n) * k);
  launch(gemv_int8<M>, dim3(static_cast<unsigned>(n)), dim3(kThreads), stream,
         reinterpret_cast<const int4*>(w), scales, x.int8, x.int8_scales, y, n, k);
}

}  // namespace

void launch_gemv_float(gpu::Weights weights, int m, const std::uint8_t* w,
                       const DeviceActivations& x, float* y, int n, int k, cudaStream_t stream) {
  switch (weights) {
    case gpu::Weights::F32:
      return launch_load<LoadF32>(m, w, x.floats, y, n, k, stream);
    case gpu::Weights::F16:
      return launch_load<LoadF16>(m, w, x.floats, y, n, k, stream);
    case gpu::Weights::BF16:
      return launch_load<LoadBF16>(m, w, x.floats, y, n, k, stream);
    default:
      throw std::runtime_error("weights that are no floats");
  }
}

void launch_gemv_int8(int m, const std::uint8_t* w, const DeviceActivations& x, float* y, int n,
                      int k, cudaStream_t stream) {
  switch (m) {
    case 1:
      return launch_int8<1>(w, x, y, n, k, stream);
    case 2:
      return launch_int8<2>(w, x, y, n, k, stream);
    case 4:
      return launch_int8<4>(w, x, y, n, k, stream);
    case 8:
      return launch_int8<8>(w, x, y, n, k, stream);
    default:
      throw std::runtime_error("no kernel of " + std::to_string(m) + " token rows");
  }
}

}  // namespace foretoken::probe::cuda
