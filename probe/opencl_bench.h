#pragma once

/// A device that OpenCL kernels are timed on, with the memory that they take their operands from.

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "probe/gpu_operands.h"
#include "probe/gpu_plan.h"
#include "probe/gpu_timing.h"
#include "probe/opencl_device.h"
#include "probe/sample.h"

namespace foretoken::probe {

class OpenclBench {
 public:
  /// `quick` takes less memory. Throws cl::Error.
  OpenclBench(const cl::Device& device, bool quick);

  const GpuFacts& facts() const { return facts_; }
  const cl::Buffer& pool() const { return pool_; }
  std::int64_t pool_bytes() const { return pool_bytes_; }
  int local() const { return local_; }    ///< items of a work-group
  int groups() const { return groups_; }  ///< that fill the device

  /// Of the kernels for `m` token rows; compiled once.
  cl::Kernel kernel(const std::string& name, int m = 1);

  /// Enqueues it over `groups` work-groups.
  void enqueue(const cl::Kernel& kernel, int groups);
  void finish() { queue_.finish(); }

  template <typename Value>
  cl::Buffer buffer(const std::vector<Value>& values) {
    cl::Buffer result(context_, CL_MEM_READ_WRITE, values.size() * sizeof(Value));
    queue_.enqueueWriteBuffer(result, CL_TRUE, 0, values.size() * sizeof(Value), values.data());
    return result;
  }
  template <typename Value>
  std::vector<Value> values(const cl::Buffer& from, std::int64_t offset, std::size_t count) {
    std::vector<Value> result(count);
    queue_.enqueueReadBuffer(from, CL_TRUE, static_cast<std::size_t>(offset), count * sizeof(Value),
                             result.data());
    return result;
  }

  /// Fills an even number of the pool's bytes, from an even one on, under a rule.
  void fill(std::int64_t offset, std::int64_t bytes, const gpu::FillRule& rule, std::uint32_t seed);

  /// Enqueues call number `index`, which goes on from batch to batch; which operands it takes
  /// follows from the number.
  using Call = std::function<void(int index)>;

  /// Times batches of calls from the first one's enqueuing to the last one's end, `least_calls` or
  /// more a batch where time allows, for about `seconds`. A spread above 5 % is measured once more
  /// for three times as long.
  gpu::Timing time(const Call& call, int least_calls, double seconds);

 private:
  std::vector<double> batch_times(const Call& call, int calls, int repeats, double seconds);

  GpuFacts facts_;
  int next_ = 0;  ///< call
  int local_ = 0;
  int groups_ = 0;
  cl::Device device_;
  cl::Context context_;
  cl::CommandQueue queue_;
  std::int64_t pool_bytes_ = 0;
  cl::Buffer pool_;
  std::map<int, cl::Program> programs_;  ///< by token rows
};

/// One kernel at one size, checked, timed and handed up, or a warning why not.
struct OpenclJob {
  std::string name;  ///< of the kernel
  std::string what;  ///< with its size
  std::function<void(OpenclBench&, double seconds, Findings&)> run;
};

std::vector<OpenclJob> opencl_stream_jobs(const OpenclBench& bench, bool quick);
std::vector<OpenclJob> opencl_gemv_jobs(const std::vector<gpu::GemvCase>& cases);

/// Error of one kernel against the reference, nothing timed.
double opencl_gemv_error(OpenclBench& bench, const gpu::GemvCase& of);

/// Whether the kernel may be reported; warns where its error is beyond the bound.
bool is_accepted(const Sample& sample, double bound, const std::string& what, Findings& findings);

/// Takes over what the timing found.
void set_timing(Sample& sample, const gpu::Timing& timing);

}  // namespace foretoken::probe
