#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "probe/opencl_bench.h"

// Matrix-vector products in the formats of GGUF files and plain int8.

namespace foretoken::probe {
namespace {

constexpr int kCheckedRows = 16;
constexpr int kMostCopies = 256;

std::string name_of(const gpu::GemvCase& of) {
  const gpu::WeightLayout& layout = gpu::layout_of(of.weights);
  return fmt::format("gemv_{}_{}_opencl", layout.symbol, layout.int8 ? "int8" : "f32");
}

std::string what_of(const gpu::GemvCase& of) {
  return fmt::format("{} {} x {} x {}", name_of(of), of.m, of.shape.n, of.shape.k);
}

void fill_matrix(OpenclBench& bench, const gpu::GemvCase& of, std::int64_t offset,
                 std::uint32_t seed) {
  const gpu::WeightLayout& layout = gpu::layout_of(of.weights);
  const std::int64_t values = gpu::row_stride(layout, of.shape.k) * of.shape.n;
  bench.fill(offset, values, layout.fill, seed);
  if (layout.row_bytes > 0) {
    bench.fill(offset + values, static_cast<std::int64_t>(layout.row_bytes) * of.shape.n,
               gpu::kRowScaleFill, seed + 1);
  }
}

/// The kernel with its activations and outputs.
class Gemv {
 public:
  Gemv(OpenclBench& bench, const gpu::GemvCase& of)
      : bench_(bench),
        of_(of),
        x_(gpu::make_activations(of.m, of.shape.k)),
        kernel_(bench.kernel(fmt::format("gemv_{}", gpu::layout_of(of.weights).symbol), of.m)),
        activations_(form_of(bench, of.weights, x_)),
        scales_(bench.buffer(x_.int8_scales)),
        outputs_(
            bench.buffer(std::vector<float>(outputs(), std::numeric_limits<float>::quiet_NaN()))) {
    kernel_.setArg(0, bench.pool());
    kernel_.setArg(2, activations_);
    kernel_.setArg(3, outputs_);
    kernel_.setArg(4, static_cast<cl_int>(of.shape.n));
    kernel_.setArg(5, static_cast<cl_int>(of.shape.k));
    if (of.weights == gpu::Weights::Int8) kernel_.setArg(6, scales_);
  }

  void call(std::int64_t offset) {
    kernel_.setArg(1, static_cast<cl_ulong>(offset));
    bench_.enqueue(kernel_, of_.shape.n);
  }

  /// Over sampled rows; an output that was not written anywhere makes it infinite.
  double error(std::int64_t offset) {
    const gpu::WeightLayout& layout = gpu::layout_of(of_.weights);
    call(offset);
    bench_.finish();
    const std::vector<float> found = bench_.values<float>(outputs_, 0, outputs());
    for (const float output : found) {
      if (!std::isfinite(output)) return gpu::kInfinity;
    }
    const std::int64_t stride = gpu::row_stride(layout, of_.shape.k);
    gpu::Deviation deviation;
    for (const int r : gpu::sampled_rows(of_.shape.n, kCheckedRows)) {
      const auto row = bench_.values<std::uint8_t>(bench_.pool(), offset + stride * r,
                                                   static_cast<std::size_t>(stride));
      std::uint16_t scale = 0;
      if (layout.row_bytes > 0) {
        const std::int64_t at = offset + stride * of_.shape.n + 2 * static_cast<std::int64_t>(r);
        scale = bench_.values<std::uint16_t>(bench_.pool(), at, 1).front();
      }
      const std::vector<double> expected =
          gpu::reference_outputs(of_.weights, row.data(), scale, x_);
      for (std::size_t token = 0; token < expected.size(); ++token) {
        const std::size_t at =
            token * static_cast<std::size_t>(of_.shape.n) + static_cast<std::size_t>(r);
        deviation.add(static_cast<double>(found[at]), expected[token]);
      }
    }
    return deviation.relative();
  }

  double operand_bytes() const {
    const double values = static_cast<double>(of_.m) * of_.shape.k;
    const double written = 4.0 * static_cast<double>(outputs());
    if (!gpu::layout_of(of_.weights).int8) return 4 * values + written;
    if (of_.weights == gpu::Weights::Int8) return values + 4.0 * of_.m + written;
    return values / 32 * sizeof(gpu::Q8Block) + written;
  }

 private:
  static cl::Buffer form_of(OpenclBench& bench, gpu::Weights weights, const gpu::Activations& x) {
    if (weights == gpu::Weights::Int8) return bench.buffer(x.int8);
    return gpu::layout_of(weights).int8 ? bench.buffer(x.blocks) : bench.buffer(x.floats);
  }
  std::size_t outputs() const {
    return static_cast<std::size_t>(of_.m) * static_cast<std::size_t>(of_.shape.n);
  }

  OpenclBench& bench_;
  gpu::GemvCase of_;
  gpu::Activations x_;
  cl::Kernel kernel_;
  cl::Buffer activations_;
  cl::Buffer scales_;
  cl::Buffer outputs_;
};

void run_gemv(OpenclBench& bench, const gpu::GemvCase& of, double seconds, Findings& findings) {
  const gpu::WeightLayout& layout = gpu::layout_of(of.weights);
  const std::int64_t bytes = gpu::matrix_bytes(layout, of.shape.n, of.shape.k);
  const gpu::OperandCopies copies =
      gpu::operand_copies(bench.pool_bytes(), bytes, bench.facts().cache_bytes, kMostCopies);
  if (copies.count == 0) {
    findings.warnings.push_back(
        fmt::format("{} needs more memory than the probe takes: left out.", what_of(of)));
    return;
  }
  for (int i = 0; i < copies.count; ++i) {
    fill_matrix(bench, of, copies.offset(i), static_cast<std::uint32_t>(3 + 2 * i));
  }
  Gemv gemv(bench, of);
  Sample sample;
  sample.kernel = Kernel::Gemv;
  sample.name = name_of(of);
  sample.weight_format = layout.format;
  sample.activation_format = layout.int8 ? "INT8" : "F32";
  sample.m = of.m;
  sample.n = of.shape.n;
  sample.k = of.shape.k;
  sample.bytes = static_cast<double>(bytes) + gemv.operand_bytes();
  sample.footprint = copies.footprint();
  sample.error = gemv.error(copies.offset(copies.count - 1));
  if (!is_accepted(sample, layout.bound, what_of(of), findings)) return;
  set_timing(sample, bench.time([&](int index) { gemv.call(copies.offset(index)); }, copies.count,
                                seconds));
  findings.samples.push_back(std::move(sample));
}

}  // namespace

double opencl_gemv_error(OpenclBench& bench, const gpu::GemvCase& of) {
  fill_matrix(bench, of, 0, 3);
  return Gemv(bench, of).error(0);
}

std::vector<OpenclJob> opencl_gemv_jobs(const std::vector<gpu::GemvCase>& cases) {
  std::vector<OpenclJob> jobs;
  jobs.reserve(cases.size());
  for (const gpu::GemvCase& of : cases) {
    jobs.push_back(
        {name_of(of), what_of(of), [of](OpenclBench& bench, double seconds, Findings& findings) {
           run_gemv(bench, of, seconds, findings);
         }});
  }
  return jobs;
}

}  // namespace foretoken::probe
