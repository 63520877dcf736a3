#include <algorithm>
#include <chrono>
#include <cstring>
#include <exception>

#include "probe/cuda/jobs.cuh"
#include "probe/cuda/plugin.h"

namespace foretoken::probe::cuda {
namespace {

std::int64_t attribute(cudaDeviceAttr which, int device) {
  int value = 0;
  if (cudaDeviceGetAttribute(&value, which, device) != cudaSuccess) {
    cudaGetLastError();  // not known to this driver: not told
    return 0;
  }
  return value;
}

template <std::size_t Size>
void copy_text(char (&to)[Size], const std::string& from) {
  const std::size_t length = std::min(from.size(), Size - 1);
  std::memcpy(to, from.data(), length);
  to[length] = '\0';
}

void select_device(int device) {
  int count = 0;
  check(cudaGetDeviceCount(&count), "looking for CUDA devices");
  if (device < 0 || device >= count) {
    throw std::runtime_error("there is no CUDA device " + std::to_string(device) + ", only " +
                             std::to_string(count));
  }
  check(cudaSetDevice(device), "taking the device");
}

std::string bus_id_of(int device) {
  char text[32] = {};
  check(cudaDeviceGetPCIBusId(text, sizeof text, device), "asking for the device's address");
  return text;
}

foretoken_cuda_device described(int device) {
  select_device(device);
  cudaDeviceProp properties{};
  check(cudaGetDeviceProperties(&properties, device), "asking for the device's properties");
  const std::string bus_id = bus_id_of(device);
  foretoken_cuda_device facts{};
  copy_text(facts.name, properties.name);
  copy_text(facts.pci_bus_id, bus_id);
  copy_text(facts.driver, NvmlReader(bus_id).driver());
  check(cudaDriverGetVersion(&facts.driver_version), "asking for the driver's version");
  check(cudaRuntimeGetVersion(&facts.runtime_version), "asking for the runtime's version");
  facts.compute_major = properties.major;
  facts.compute_minor = properties.minor;
  facts.multiprocessors = properties.multiProcessorCount;
  facts.memory_bus_bits =
      static_cast<std::int32_t>(attribute(cudaDevAttrGlobalMemoryBusWidth, device));
  facts.integrated = static_cast<std::int32_t>(attribute(cudaDevAttrIntegrated, device));
  facts.ecc = static_cast<std::int32_t>(attribute(cudaDevAttrEccEnabled, device));
  facts.clock_hertz = attribute(cudaDevAttrClockRate, device) * 1000;
  facts.memory_clock_hertz = attribute(cudaDevAttrMemoryClockRate, device) * 1000;
  facts.l2_bytes = attribute(cudaDevAttrL2CacheSize, device);
  facts.shared_bytes = attribute(cudaDevAttrMaxSharedMemoryPerMultiprocessor, device);
  std::size_t free_bytes = 0;
  std::size_t total_bytes = 0;
  check(cudaMemGetInfo(&free_bytes, &total_bytes), "asking for the device's memory");
  facts.memory_bytes = static_cast<std::int64_t>(properties.totalGlobalMem);
  facts.free_bytes = static_cast<std::int64_t>(free_bytes);
  return facts;
}

double now_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::vector<Job> planned_jobs(const Bench& bench, const std::string& only) {
  std::vector<Job> jobs;
  for (const auto& group : {launch_jobs(bench), ladder_jobs(bench), gemv_jobs(bench),
                            attention_jobs(bench), gemm_jobs(bench)}) {
    for (const Job& job : group) {
      if (job.name.find(only) != std::string::npos) jobs.push_back(job);
    }
  }
  return jobs;
}

/// Large enough for the largest operands, small against the device.
std::int64_t pool_bytes(const foretoken_cuda_device& facts, bool check_only) {
  constexpr std::int64_t kMost = (2LL << 30) + (256LL << 20);
  constexpr std::int64_t kChecks = 32LL << 20;
  const std::int64_t share = facts.free_bytes / 2 / 256 * 256;
  return std::min(check_only ? kChecks : kMost, share);
}

/// Shares of the time that is left for job `i` of the plan: a quarter goes to reading power, half
/// to timing, the rest to what a job does besides.
TimingLimits limits_of(const std::vector<Job>& jobs, std::size_t i, double left) {
  constexpr double kTimingShare = 0.5;
  constexpr double kPowerShare = 0.25;
  const auto jobs_left = static_cast<double>(jobs.size() - i);
  const auto sustained_left =
      static_cast<double>(std::count_if(jobs.begin() + static_cast<std::ptrdiff_t>(i), jobs.end(),
                                        [](const Job& job) { return job.sustained; }));
  TimingLimits limits;
  limits.seconds = std::clamp(kTimingShare * left / jobs_left, 0.01, 0.25);
  if (jobs[i].sustained) {
    limits.sustain_seconds = std::clamp(kPowerShare * left / sustained_left, 0.0, 2.0);
  }
  return limits;
}

/// Keeps the device busy until its clocks are up.
void warm_up(const Bench& bench) {
  constexpr double kSeconds = 0.5;
  constexpr gpu::FillRule kPlain{2, {-1, -1}, 0xffff, 0};
  const std::int64_t bytes = std::min<std::int64_t>(bench.pool.bytes(), 256LL << 20);
  const double end = now_seconds() + kSeconds;
  while (now_seconds() < end) {
    for (std::uint32_t i = 0; i < 8; ++i) {
      fill_random(bench.pool.data(), bytes, kPlain, i, bench.stream.get());
    }
    bench.stream.wait();
  }
}

void run(const foretoken_cuda_request& request) {
  const double deadline = now_seconds() + request.budget_seconds;
  const foretoken_cuda_device facts = described(request.device);
  const NvmlReader nvml(facts.pci_bus_id);
  const Stream stream;
  const bool check_only = request.check_only != 0;
  Pool pool(pool_bytes(facts, check_only), facts.l2_bytes);
  Bench bench{
      {},
      stream,
      nvml,
      pool,
      request.quick != 0,
      check_only,
      [&](const foretoken_cuda_sample& sample) { request.on_sample(request.user, &sample); },
      [&](const std::string& text) { request.on_warning(request.user, text.c_str()); }};
  check(cudaGetDeviceProperties(&bench.properties, request.device),
        "asking for the device's properties");
  if (!check_only && !nvml.works()) {
    bench.warn("NVML is not there: no power and no clocks were read.");
  }

  if (!check_only) warm_up(bench);
  const std::vector<Job> jobs = planned_jobs(bench, request.only == nullptr ? "" : request.only);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const double left = deadline - now_seconds();
    if (left <= 0) {
      bench.warn("The time was up after " + std::to_string(i) + " of " +
                 std::to_string(jobs.size()) + " kernels; the rest is not measured.");
      return;
    }
    if (request.on_progress != nullptr) {
      request.on_progress(request.user, i, jobs.size(), jobs[i].what.c_str());
    }
    jobs[i].run(bench, limits_of(jobs, i, left));
  }
  if (request.on_progress != nullptr) {
    request.on_progress(request.user, jobs.size(), jobs.size(), "");
  }
}

/// No exception leaves the plug-in.
template <typename Function>
const char* guarded(const Function& function) {
  thread_local std::string error;
  try {
    function();
    return nullptr;
  } catch (const std::exception& fault) {
    error = fault.what();
  } catch (...) {
    error = "an unknown fault";
  }
  return error.c_str();
}

}  // namespace

void put(foretoken_cuda_sample& sample, const Timing& timing) {
  sample.seconds = timing.seconds;
  sample.spread = timing.spread;
  sample.repeats = timing.repeats;
  sample.noisy = timing.noisy ? 1 : 0;
  sample.clock_hertz = timing.clock_hertz;
  sample.memory_clock_hertz = timing.memory_clock_hertz;
  sample.watts = timing.watts;
}

bool accepted(Bench& bench, const foretoken_cuda_sample& sample, double bound,
              const std::string& what) {
  if (sample.error <= bound) return true;  // false for NaN
  bench.warn(what + " is off the reference by " + std::to_string(sample.error) +
             " of its outputs' root mean square, more than " + std::to_string(bound) +
             ": not measured.");
  return false;
}

}  // namespace foretoken::probe::cuda

extern "C" {

uint32_t foretoken_cuda_abi(void) { return FORETOKEN_CUDA_ABI; }

const char* foretoken_cuda_describe(int32_t device, foretoken_cuda_device* out) {
  using namespace foretoken::probe;
  return cuda::guarded([&] { *out = cuda::described(device); });
}

const char* foretoken_cuda_probe(const foretoken_cuda_request* request) {
  using namespace foretoken::probe;
  if (request->abi != FORETOKEN_CUDA_ABI) return "the program expects another plug-in";
  return cuda::guarded([&] { cuda::run(*request); });
}
}
