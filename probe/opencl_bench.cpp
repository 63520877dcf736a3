#include "probe/opencl_bench.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "base/error.h"
#include "probe/opencl_source.h"

namespace foretoken::probe {
namespace {

constexpr std::int64_t kMib = 1 << 20;

double now_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// A work-group that a row of weights keeps busy: few items where one core runs them in turn.
int local_items(const GpuFacts& facts, const cl::Device& device) {
  constexpr int kLeast = 32;
  constexpr int kUsual = 128;
  const auto most = static_cast<int>(
      std::min<std::size_t>(device.getInfo<CL_DEVICE_MAX_WORK_GROUP_SIZE>(), kUsual));
  if (most < kLeast) {
    throw Error(fmt::format("OpenCL: '{}' runs work-groups of {} items, the kernels need {}",
                            facts.name, most, kLeast));
  }
  if (facts.is_processor) return kLeast;
  int items = kLeast;
  while (items * 2 <= most) items *= 2;
  return items;
}

std::int64_t pool_size(const GpuFacts& facts, bool quick) {
  const std::int64_t most = quick || facts.is_processor ? 256 * kMib : 2304 * kMib;
  const std::int64_t size =
      std::min({most, facts.largest_allocation, facts.memory_bytes / 4}) / 256 * 256;
  if (size < kMib) {
    throw Error(fmt::format("OpenCL: '{}' has no memory for the kernels' operands", facts.name));
  }
  return size;
}

}  // namespace

OpenclBench::OpenclBench(const cl::Device& device, bool quick)
    : facts_(opencl_facts(device)),
      local_(local_items(facts_, device)),
      groups_(std::max(1, facts_.units) * (facts_.is_processor ? 4 : 16)),
      device_(device),
      context_(device),
      queue_(context_, device),
      pool_bytes_(pool_size(facts_, quick)),
      pool_(context_, CL_MEM_READ_WRITE, static_cast<std::size_t>(pool_bytes_)) {}

cl::Kernel OpenclBench::kernel(const std::string& name, int m) {
  auto found = programs_.find(m);
  if (found == programs_.end()) {
    cl::Program program(context_, opencl_source());
    program.build({device_}, opencl_build_options(m, local_).c_str());
    found = programs_.emplace(m, program).first;
  }
  return {found->second, name.c_str()};
}

void OpenclBench::enqueue(const cl::Kernel& kernel, int groups) {
  const auto items = static_cast<std::size_t>(local_);
  queue_.enqueueNDRangeKernel(kernel, cl::NullRange,
                              cl::NDRange(items * static_cast<std::size_t>(groups)),
                              cl::NDRange(items));
}

void OpenclBench::fill(std::int64_t offset, std::int64_t bytes, const gpu::FillRule& rule,
                       std::uint32_t seed) {
  cl::Kernel fill = kernel("fill");
  fill.setArg(0, pool_);
  fill.setArg(1, static_cast<cl_ulong>(offset / 2));
  fill.setArg(2, static_cast<cl_ulong>(bytes / 2));
  fill.setArg(3, static_cast<cl_uint>(rule.block_bytes));
  fill.setArg(4, static_cast<cl_uint>(rule.scale_at[0]));
  fill.setArg(5, static_cast<cl_uint>(rule.scale_at[1]));
  fill.setArg(6, static_cast<cl_uint>(rule.keep));
  fill.setArg(7, static_cast<cl_uint>(rule.set));
  fill.setArg(8, static_cast<cl_uint>(seed));
  enqueue(fill, groups_);
}

std::vector<double> OpenclBench::batch_times(const Call& call, int calls, int repeats,
                                             double seconds) {
  constexpr std::size_t kMost = 200;
  std::vector<double> times;
  const double deadline = now_seconds() + seconds;
  while (times.size() < static_cast<std::size_t>(repeats) ||
         (now_seconds() < deadline && times.size() < kMost)) {
    const double begin = now_seconds();
    for (int i = 0; i < calls; ++i) call(next_++);
    finish();
    times.push_back((now_seconds() - begin) / calls);
  }
  return times;
}

gpu::Timing OpenclBench::time(const Call& call, int least_calls, double seconds) {
  constexpr double kBatchSeconds = 5e-3;  // long against the wait for its end
  constexpr int kMostCalls = 2000;
  constexpr int kRepeats = 7;
  next_ = 0;
  call(next_++);
  finish();
  const double one = std::max(batch_times(call, 1, 3, 0).back(), 1e-7);
  // Slow devices take fewer a batch, so that the time given is kept.
  const double batch = std::max(kBatchSeconds, std::min(one * least_calls, seconds / kRepeats));
  const int calls = std::clamp(static_cast<int>(batch / one), 1, kMostCalls);
  gpu::Timing timing = gpu::summarized(batch_times(call, calls, kRepeats, seconds));
  if (timing.spread > gpu::kQuietSpread) {
    timing = gpu::summarized(batch_times(call, calls, kRepeats, 3 * seconds));
    timing.noisy = timing.spread > gpu::kQuietSpread;
  }
  return timing;
}

bool is_accepted(const Sample& sample, double bound, const std::string& what, Findings& findings) {
  if (sample.error <= bound) return true;  // false for NaN
  findings.warnings.push_back(
      fmt::format("{} is off the reference by {:.3g} of its outputs' root mean square, more than "
                  "{:.3g}: not measured.",
                  what, sample.error, bound));
  return false;
}

void set_timing(Sample& sample, const gpu::Timing& timing) {
  sample.seconds = timing.seconds;
  sample.spread = timing.spread;
  sample.repeats = timing.repeats;
  sample.noisy = timing.noisy;
  sample.clock_hertz = timing.clock_hertz;
  sample.watts = timing.watts;
}

}  // namespace foretoken::probe
