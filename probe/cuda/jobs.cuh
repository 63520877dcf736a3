#pragma once

/// What each group of kernels offers to a run: jobs that check a kernel, time it and hand it up.

#include <functional>
#include <string>
#include <vector>

#include "probe/cuda/plugin.h"
#include "probe/cuda/pool.cuh"
#include "probe/cuda/timing.cuh"

namespace foretoken::probe::cuda {

/// What a run holds for all its jobs.
struct Bench {
  cudaDeviceProp properties;
  const Stream& stream;
  const NvmlReader& nvml;
  Pool& pool;
  bool quick;
  bool check_only;
  std::function<void(const foretoken_cuda_sample&)> give;
  std::function<void(const std::string&)> warn;
};

struct Job {
  std::string name;  ///< of the kernel, as in the sample
  std::string what;  ///< with its size, for progress
  bool sustained;    ///< stands for its class when power is read
  std::function<void(Bench&, const TimingLimits&)> run;
};

std::vector<Job> ladder_jobs(const Bench& bench);
std::vector<Job> launch_jobs(const Bench& bench);
std::vector<Job> gemv_jobs(const Bench& bench);
std::vector<Job> attention_jobs(const Bench& bench);
std::vector<Job> gemm_jobs(const Bench& bench);  ///< none where built without cuBLAS

/// Takes over what the timing found.
void put(foretoken_cuda_sample& sample, const Timing& timing);

/// Whether the kernel may be reported; warns where its error is beyond the bound.
bool accepted(Bench& bench, const foretoken_cuda_sample& sample, double bound,
              const std::string& what);

}  // namespace foretoken::probe::cuda
