#include "probe/opencl_backend.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "base/error.h"
#include "probe/gpu_plan.h"
#include "probe/opencl_bench.h"

namespace foretoken::probe {
namespace {

double now_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::vector<OpenclJob> planned_jobs(const OpenclBench& bench, const GpuProbeOptions& options) {
  std::vector<OpenclJob> jobs;
  for (const auto& group : {opencl_stream_jobs(bench, options.quick),
                            opencl_gemv_jobs(gpu::gemv_cases(options.quick, false))}) {
    std::copy_if(group.begin(), group.end(), std::back_inserter(jobs), [&](const OpenclJob& job) {
      return job.name.find(options.only) != std::string::npos;
    });
  }
  return jobs;
}

void run_jobs(OpenclBench& bench, const GpuProbeOptions& options, double deadline,
              const Progress& progress, Findings& findings) {
  constexpr double kTimingShare = 0.5;  // of a job's time; checks and filling take the rest
  const std::vector<OpenclJob> jobs = planned_jobs(bench, options);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const double left = deadline - now_seconds();
    if (left <= 0) {
      findings.warnings.push_back(fmt::format(
          "The time was up after {} of {} kernels; the rest is not measured.", i, jobs.size()));
      return;
    }
    if (progress) progress(i, jobs.size(), jobs[i].what);
    const double share = kTimingShare * left / static_cast<double>(jobs.size() - i);
    jobs[i].run(bench, std::clamp(share, 0.01, 0.5), findings);
  }
  if (progress) progress(jobs.size(), jobs.size(), "");
}

}  // namespace

std::vector<GpuFacts> describe_opencl() {
  std::vector<GpuFacts> facts;
  for (const cl::Device& device : opencl_devices()) facts.push_back(opencl_facts(device));
  return facts;
}

Findings probe_opencl(const GpuProbeOptions& options, const Progress& progress) {
  const double deadline = now_seconds() + options.seconds;
  const std::vector<cl::Device> devices = opencl_devices();
  if (options.device < 0 || static_cast<std::size_t>(options.device) >= devices.size()) {
    throw Error(
        fmt::format("there is no OpenCL device {}, only {}", options.device, devices.size()));
  }
  Findings findings;
  with_opencl_errors([&] {
    OpenclBench bench(devices[static_cast<std::size_t>(options.device)], options.quick);
    findings.backend = "opencl";
    findings.device = bench.facts().name;
    findings.driver = bench.facts().driver;
    run_jobs(bench, options, deadline, progress, findings);
  });
  return findings;
}

}  // namespace foretoken::probe
