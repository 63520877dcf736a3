#include <algorithm>

#include <fmt/format.h>

#include "probe/opencl_bench.h"

// The ladder of bandwidths and what a launch costs.

namespace foretoken::probe {
namespace {

constexpr std::int64_t kMib = 1 << 20;
constexpr gpu::FillRule kPlain{2, {-1, -1}, 0xffff, 0};

/// A read or a copy of one buffer, `passes` times a call so that its launch does not show.
class Rung {
 public:
  Rung(OpenclBench& bench, bool copies, std::int64_t bytes)
      : bench_(bench),
        copies_(copies),
        bytes_(bytes),
        passes_(static_cast<int>(std::max<std::int64_t>(1, moved(bench) / bytes))),
        sums_(bench.buffer(std::vector<cl_uint>(
            static_cast<std::size_t>(bench.groups()) * static_cast<std::size_t>(bench.local()),
            0xffffffffU))),
        kernel_(bench.kernel(copies ? "copy_all" : "read_all")) {
    // A copy goes to the pool's second half; both halves are sub-buffers of it.
    const auto size = static_cast<std::size_t>(bytes);
    cl_buffer_region from{0, size};
    cl_buffer_region to{static_cast<std::size_t>(bench.pool_bytes() / 2 / 4096 * 4096), size};
    target_ = to.origin;
    cl::Buffer pool = bench.pool();
    in_ = pool.createSubBuffer(CL_MEM_READ_WRITE, CL_BUFFER_CREATE_TYPE_REGION, &from);
    if (copies) out_ = pool.createSubBuffer(CL_MEM_READ_WRITE, CL_BUFFER_CREATE_TYPE_REGION, &to);
    kernel_.setArg(0, in_);
    kernel_.setArg(1, copies ? out_ : sums_);
    kernel_.setArg(2, static_cast<cl_uint>(bytes / 16));
    kernel_.setArg(3, static_cast<cl_uint>(passes_));
  }

  void call() { bench_.enqueue(kernel_, bench_.groups()); }
  double bytes() const { return static_cast<double>(bytes_) * passes_ * sides(); }
  double footprint() const { return static_cast<double>(bytes_) * sides(); }

  /// 0, or infinite: these kernels have nothing to round.
  double error() {
    const auto words = static_cast<std::size_t>(bytes_ / 4);
    if (copies_) {
      bench_.fill(static_cast<std::int64_t>(target_), bytes_, kPlain, 5);
    }
    call();
    bench_.finish();
    const std::vector<cl_uint> source = bench_.values<cl_uint>(bench_.pool(), 0, words);
    if (copies_) {
      return source == bench_.values<cl_uint>(bench_.pool(), static_cast<std::int64_t>(target_),
                                              words)
                 ? 0.0
                 : gpu::kInfinity;
    }
    cl_uint expected = 0;
    for (const cl_uint word : source) expected += static_cast<cl_uint>(passes_) * word;
    cl_uint sum = 0;
    const std::size_t items =
        static_cast<std::size_t>(bench_.groups()) * static_cast<std::size_t>(bench_.local());
    for (const cl_uint part : bench_.values<cl_uint>(sums_, 0, items)) sum += part;
    return sum == expected ? 0.0 : gpu::kInfinity;
  }

 private:
  static std::int64_t moved(const OpenclBench& bench) {
    return (bench.facts().is_processor ? 16 : 128) * kMib;
  }
  double sides() const { return copies_ ? 2 : 1; }

  OpenclBench& bench_;
  bool copies_;
  std::int64_t bytes_;
  int passes_;
  std::size_t target_ = 0;
  cl::Buffer sums_;
  cl::Kernel kernel_;
  cl::Buffer in_;
  cl::Buffer out_;
};

void run_rung(OpenclBench& bench, bool copies, std::int64_t bytes, double seconds,
              Findings& findings) {
  constexpr std::int64_t kChecked = 4 * kMib;  // larger buffers take the same path
  bench.fill(0, bytes, kPlain, 7);
  Rung rung(bench, copies, bytes);
  Sample sample;
  sample.kernel = copies ? Kernel::Copy : Kernel::Read;
  sample.name = copies ? "copy_opencl" : "read_opencl";
  sample.bytes = rung.bytes();
  sample.footprint = rung.footprint();
  sample.error = bytes <= kChecked ? rung.error() : Rung(bench, copies, kChecked).error();
  if (!is_accepted(sample, 0.0, fmt::format("{} of {} bytes", sample.name, bytes), findings)) {
    return;
  }
  set_timing(sample, bench.time([&](int) { rung.call(); }, 1, seconds));
  findings.samples.push_back(std::move(sample));
}

void run_launch(OpenclBench& bench, bool waits, double seconds, Findings& findings) {
  cl::Buffer sums = bench.buffer(std::vector<cl_uint>{0});
  cl::Kernel kernel = bench.kernel("nothing");
  kernel.setArg(0, sums);
  Sample sample;
  sample.kernel = Kernel::Launch;
  sample.name = waits ? "launch_wait_opencl" : "launch_stream_opencl";
  const auto call = [&](int) {
    bench.enqueue(kernel, 1);
    if (waits) bench.finish();
  };
  set_timing(sample, bench.time(call, waits ? 1 : 100, seconds));
  findings.samples.push_back(std::move(sample));
}

}  // namespace

std::vector<OpenclJob> opencl_stream_jobs(const OpenclBench& bench, bool quick) {
  std::vector<OpenclJob> jobs;
  for (const bool waits : {false, true}) {
    const std::string name = waits ? "launch_wait_opencl" : "launch_stream_opencl";
    jobs.push_back({name, name, [waits](OpenclBench& with, double seconds, Findings& findings) {
                      run_launch(with, waits, seconds, findings);
                    }});
  }
  for (const bool copies : {false, true}) {
    for (const std::int64_t bytes : gpu::ladder_bytes(quick)) {
      if (bytes > bench.pool_bytes() / 2) continue;
      const std::string name = copies ? "copy_opencl" : "read_opencl";
      jobs.push_back({name, fmt::format("{} of {} bytes", name, bytes),
                      [copies, bytes](OpenclBench& with, double seconds, Findings& findings) {
                        run_rung(with, copies, bytes, seconds, findings);
                      }});
    }
  }
  return jobs;
}

}  // namespace foretoken::probe
