#include <algorithm>
#include <cmath>

#include "probe/cuda/jobs.cuh"
#include "probe/gpu_operands.h"
#include "probe/gpu_plan.h"

// The ladder of bandwidths, from buffers that a cache holds to those that none does, and what a
// launch costs. Loads go to L2 at once: the first-level caches hold nothing of a decoder's weights.

namespace foretoken::probe::cuda {
namespace {

constexpr int kThreads = 256;
constexpr int kUnroll = 4;

__global__ void empty_kernel() {}

/// Where a pass begins: elsewhere each time, so that a thread does not meet its addresses again.
__device__ long long shift_of(int pass, long long count) {
  return static_cast<unsigned>(pass) * 4099U * kThreads % static_cast<unsigned>(count);
}

/// Reads the buffer `passes` times, which the grid's second dimension shares out; one partial sum a
/// block goes out. `count` is below 2^32.
__global__ __launch_bounds__(kThreads) void read_kernel(const uint4* in, unsigned* sums,
                                                        long long count, int passes) {
  __shared__ unsigned shared[kThreads];
  const long long step = static_cast<long long>(gridDim.x) * kThreads;
  const long long first = static_cast<long long>(blockIdx.x) * kThreads + threadIdx.x;
  unsigned sum = 0;
  for (int pass = static_cast<int>(blockIdx.y); pass < passes; pass += gridDim.y) {
    const long long shift = shift_of(pass, count);
    for (long long i = first; i < count; i += step * kUnroll) {
      uint4 words[kUnroll];
#pragma unroll
      for (int u = 0; u < kUnroll; ++u) {
        const long long index = i + u * step;
        words[u] = make_uint4(0, 0, 0, 0);
        if (index < count) {
          const long long at = index + shift < count ? index + shift : index + shift - count;
          words[u] = __ldcg(in + at);
        }
      }
#pragma unroll
      for (int u = 0; u < kUnroll; ++u) {
        sum += words[u].x + words[u].y + words[u].z + words[u].w;
      }
    }
  }
  shared[threadIdx.x] = sum;
  __syncthreads();
  for (int half = kThreads / 2; half > 0; half /= 2) {
    if (static_cast<int>(threadIdx.x) < half) shared[threadIdx.x] += shared[threadIdx.x + half];
    __syncthreads();
  }
  if (threadIdx.x == 0) sums[blockIdx.y * gridDim.x + blockIdx.x] = shared[0];
}

__global__ __launch_bounds__(kThreads) void copy_kernel(const uint4* in, uint4* out,
                                                        long long count, int passes) {
  const long long step = static_cast<long long>(gridDim.x) * kThreads;
  const long long first = static_cast<long long>(blockIdx.x) * kThreads + threadIdx.x;
  for (int pass = static_cast<int>(blockIdx.y); pass < passes; pass += gridDim.y) {
    const long long shift = shift_of(pass, count);
    for (long long i = first; i < count; i += step * kUnroll) {
      uint4 words[kUnroll];
      long long at[kUnroll];
#pragma unroll
      for (int u = 0; u < kUnroll; ++u) {
        const long long index = i + u * step;
        at[u] = -1;
        if (index < count) {
          at[u] = index + shift < count ? index + shift : index + shift - count;
          words[u] = __ldcg(in + at[u]);
        }
      }
#pragma unroll
      for (int u = 0; u < kUnroll; ++u) {
        if (at[u] >= 0) out[at[u]] = words[u];
      }
    }
  }
}

struct Rung {
  std::int64_t bytes;  ///< of the buffer; a copy has two
  int passes;          ///< so that one call moves enough for its launch not to show
  int blocks;          ///< that share a pass
  int splits;          ///< of the passes
  dim3 grid() const { return dim3(static_cast<unsigned>(blocks), static_cast<unsigned>(splits)); }
  std::size_t sums() const {
    return static_cast<std::size_t>(blocks) * static_cast<std::size_t>(splits);
  }
};

Rung rung_of(const Bench& bench, std::int64_t bytes) {
  constexpr std::int64_t kMoved = 128LL << 20;
  constexpr int kBlocksEach = 8;
  Rung rung{};
  rung.bytes = bytes;
  rung.passes = static_cast<int>(std::max<std::int64_t>(1, kMoved / bytes));
  const std::int64_t most =
      static_cast<std::int64_t>(bench.properties.multiProcessorCount) * kBlocksEach;
  const std::int64_t useful = bytes / 16 / (kThreads * kUnroll);
  rung.blocks = static_cast<int>(std::max<std::int64_t>(1, std::min(most, useful)));
  rung.splits = static_cast<int>(
      std::max<std::int64_t>(1, std::min<std::int64_t>(rung.passes, most / rung.blocks)));
  return rung;
}

double read_error(Bench& bench, const Rung& rung, const uint4* in, Buffer<unsigned>& sums) {
  sums.poison();
  launch(read_kernel, rung.grid(), dim3(kThreads), bench.stream.get(), in, sums.data(),
         static_cast<long long>(rung.bytes / 16), rung.passes);
  bench.stream.wait();
  std::vector<unsigned> words(static_cast<std::size_t>(rung.bytes / 4));
  check(cudaMemcpy(words.data(), in, static_cast<std::size_t>(rung.bytes), cudaMemcpyDeviceToHost),
        "copying to host");
  unsigned expected = 0;
  for (const unsigned word : words) expected += static_cast<unsigned>(rung.passes) * word;
  unsigned sum = 0;
  const std::vector<unsigned> parts = sums.values();
  for (const unsigned part : parts) sum += part;
  return sum == expected ? 0.0 : gpu::kInfinity;
}

double copy_error(Bench& bench, const Rung& rung, const uint4* in, uint4* out) {
  const auto bytes = static_cast<std::size_t>(rung.bytes);
  check(cudaMemset(out, 0xff, bytes), "filling device memory");
  check(cudaDeviceSynchronize(), "filling device memory");
  launch(copy_kernel, rung.grid(), dim3(kThreads), bench.stream.get(), in, out,
         static_cast<long long>(rung.bytes / 16), rung.passes);
  bench.stream.wait();
  std::vector<std::uint8_t> source(bytes);
  std::vector<std::uint8_t> target(bytes);
  check(cudaMemcpy(source.data(), in, bytes, cudaMemcpyDeviceToHost), "copying to host");
  check(cudaMemcpy(target.data(), out, bytes, cudaMemcpyDeviceToHost), "copying to host");
  return source == target ? 0.0 : gpu::kInfinity;
}

void run_rung(Bench& bench, const TimingLimits& limits, bool copies, std::int64_t bytes) {
  constexpr std::int64_t kChecked = 4LL << 20;  // larger buffers take the same path
  const Rung rung = rung_of(bench, bytes);
  const auto* in = reinterpret_cast<const uint4*>(bench.pool.data());
  auto* out = reinterpret_cast<uint4*>(bench.pool.data() + bytes);
  gpu::FillRule plain{2, {-1, -1}, 0xffff, 0};
  fill_random(bench.pool.data(), bytes, plain, 7, bench.stream.get());
  Buffer<unsigned> sums(rung.sums());
  foretoken_cuda_sample sample{};
  sample.kernel = copies ? FORETOKEN_CUDA_COPY : FORETOKEN_CUDA_READ;
  sample.name = copies ? "copy_cuda" : "read_cuda";
  sample.bytes = static_cast<double>(bytes) * rung.passes * (copies ? 2 : 1);
  sample.footprint = static_cast<double>(bytes) * (copies ? 2 : 1);
  const Rung checked = bytes <= kChecked ? rung : rung_of(bench, kChecked);
  Buffer<unsigned> checked_sums(checked.sums());
  sample.error =
      copies ? copy_error(bench, checked, in, out) : read_error(bench, checked, in, checked_sums);
  if (!accepted(bench, sample, 0.0, std::to_string(bytes) + " bytes")) return;
  if (!bench.check_only) {
    const auto call = [&](int, cudaStream_t stream) {
      const auto count = static_cast<long long>(bytes / 16);
      if (copies) {
        launch(copy_kernel, rung.grid(), dim3(kThreads), stream, in, out, count, rung.passes);
      } else {
        launch(read_kernel, rung.grid(), dim3(kThreads), stream, in, sums.data(), count,
               rung.passes);
      }
    };
    put(sample, time_in_graph(call, limits, bench.stream, bench.nvml));
  }
  bench.give(sample);
}

void run_launch(Bench& bench, const TimingLimits& limits, const std::string& name) {
  constexpr int kNodes = 1000;
  foretoken_cuda_sample sample{};
  sample.kernel = FORETOKEN_CUDA_LAUNCH;
  sample.name = name.c_str();
  const auto call = [](int, cudaStream_t stream) {
    launch(empty_kernel, dim3(1), dim3(32), stream);
  };
  if (!bench.check_only) {
    if (name == "launch_graph_cuda") {
      TimingLimits many = limits;
      many.least_calls = kNodes;
      put(sample, time_in_graph(call, many, bench.stream, bench.nvml));
    } else if (name == "launch_stream_cuda") {
      put(sample, time_in_stream(call, kNodes, bench.stream, bench.nvml));
    } else {
      put(sample, time_with_wait(call, bench.stream, bench.nvml));
    }
  }
  bench.give(sample);
}

}  // namespace

std::vector<Job> ladder_jobs(const Bench& bench) {
  std::vector<Job> jobs;
  for (const bool copies : {false, true}) {
    std::vector<std::int64_t> sizes = gpu::ladder_bytes(bench.quick);
    if (bench.check_only) sizes = {16, 4096 + 48, 1 << 20};
    for (const std::int64_t bytes : sizes) {
      if (bytes * (copies ? 2 : 1) > bench.pool.bytes()) continue;
      const std::string name = copies ? "copy_cuda" : "read_cuda";
      const auto run = [copies, bytes](Bench& with, const TimingLimits& limits) {
        run_rung(with, limits, copies, bytes);
      };
      jobs.push_back(
          {name, name + " " + std::to_string(bytes) + " bytes", bytes == 512LL << 20, run});
    }
  }
  return jobs;
}

std::vector<Job> launch_jobs(const Bench&) {
  std::vector<Job> jobs;
  for (const char* name : {"launch_graph_cuda", "launch_stream_cuda", "launch_wait_cuda"}) {
    const std::string kernel = name;
    jobs.push_back({kernel, kernel, false, [kernel](Bench& with, const TimingLimits& limits) {
                      run_launch(with, limits, kernel);
                    }});
  }
  return jobs;
}

}  // namespace foretoken::probe::cuda
