#include <memory>

#include "probe/cuda/gemv_launch.cuh"
#include "probe/cuda/jobs.cuh"
#include "probe/gpu_operands.h"
#include "probe/gpu_plan.h"

namespace foretoken::probe::cuda {
namespace {

constexpr int kCheckedRows = 24;
constexpr int kMostCopies = 1024;

/// Activations on both sides.
struct Operands {
  gpu::Activations host;
  Buffer<float> floats;
  Buffer<gpu::Q8Block> blocks;
  Buffer<std::int8_t> int8;
  Buffer<float> int8_scales;

  explicit Operands(gpu::Activations x)
      : host(std::move(x)),
        floats(host.floats),
        blocks(host.blocks),
        int8(host.int8),
        int8_scales(host.int8_scales) {}
  DeviceActivations device() const {
    return {floats.data(), blocks.data(), int8.data(), int8_scales.data()};
  }
};

void launch_gemv(const gpu::GemvCase& of, const std::uint8_t* w, const DeviceActivations& x,
                 float* y, cudaStream_t stream) {
  const int n = of.shape.n;
  const int k = of.shape.k;
  if (of.weights == gpu::Weights::Int8) return launch_gemv_int8(of.m, w, x, y, n, k, stream);
  if (gpu::layout_of(of.weights).int8) {
    return launch_gemv_blocks(of.weights, of.m, w, x, y, n, k, stream);
  }
  launch_gemv_float(of.weights, of.m, w, x, y, n, k, stream);
}

/// Error over sampled rows; what no thread wrote is not finite and anywhere makes it infinite.
double gemv_error(const gpu::GemvCase& of, const std::uint8_t* w, const Operands& x,
                  Buffer<float>& y, const Stream& stream) {
  const gpu::WeightLayout& layout = gpu::layout_of(of.weights);
  y.poison();
  launch_gemv(of, w, x.device(), y.data(), stream.get());
  stream.wait();
  const std::vector<float> outputs = y.values();
  for (const float output : outputs) {
    if (!std::isfinite(output)) return gpu::kInfinity;
  }
  const auto n = static_cast<std::size_t>(of.shape.n);
  const std::int64_t stride = gpu::row_stride(layout, of.shape.k);
  std::vector<std::uint8_t> row(static_cast<std::size_t>(stride));
  gpu::Deviation deviation;
  for (const int r : gpu::sampled_rows(of.shape.n, kCheckedRows)) {
    check(cudaMemcpy(row.data(), w + stride * r, row.size(), cudaMemcpyDeviceToHost),
          "copying to host");
    std::uint16_t scale = 0;
    if (layout.row_bytes > 0) {
      check(
          cudaMemcpy(&scale, w + stride * of.shape.n + 2 * r, sizeof scale, cudaMemcpyDeviceToHost),
          "copying to host");
    }
    const std::vector<double> expected =
        gpu::reference_outputs(of.weights, row.data(), scale, x.host);
    for (std::size_t token = 0; token < expected.size(); ++token) {
      deviation.add(static_cast<double>(outputs[token * n + static_cast<std::size_t>(r)]),
                    expected[token]);
    }
  }
  return deviation.relative();
}

void fill_matrix(const gpu::GemvCase& of, std::uint8_t* at, std::uint32_t seed,
                 cudaStream_t stream) {
  const gpu::WeightLayout& layout = gpu::layout_of(of.weights);
  const std::int64_t values = gpu::row_stride(layout, of.shape.k) * of.shape.n;
  fill_random(at, values, layout.fill, seed, stream);
  if (layout.row_bytes > 0) {
    fill_random(at + values, static_cast<std::int64_t>(layout.row_bytes) * of.shape.n,
                gpu::kRowScaleFill, seed + 1, stream);
  }
}

double activation_bytes(const gpu::GemvCase& of) {
  const double values = static_cast<double>(of.m) * of.shape.k;
  if (!gpu::layout_of(of.weights).int8) return 4 * values;
  return of.weights == gpu::Weights::Int8 ? values + 4.0 * of.m
                                          : values / 32 * sizeof(gpu::Q8Block);
}

std::string name_of(const gpu::GemvCase& of) {
  const gpu::WeightLayout& layout = gpu::layout_of(of.weights);
  return std::string("gemv_") + layout.symbol + (layout.int8 ? "_int8_cuda" : "_f32_cuda");
}

std::string what_of(const gpu::GemvCase& of) {
  return name_of(of) + " " + std::to_string(of.m) + " x " + std::to_string(of.shape.n) + " x " +
         std::to_string(of.shape.k);
}

void run_gemv(Bench& bench, const TimingLimits& limits, const gpu::GemvCase& of) {
  const gpu::WeightLayout& layout = gpu::layout_of(of.weights);
  const std::int64_t bytes = gpu::matrix_bytes(layout, of.shape.n, of.shape.k);
  const Pool::Copies copies = bench.pool.copies(bytes, bench.check_only ? 1 : kMostCopies);
  if (copies.count() == 0) {
    bench.warn(what_of(of) + " needs more memory than the probe takes: left out.");
    return;
  }
  for (int i = 0; i < copies.count(); ++i) {
    fill_matrix(of, copies.at(i), static_cast<std::uint32_t>(3 + 2 * i), bench.stream.get());
  }
  bench.stream.wait();
  const Operands x(gpu::make_activations(of.m, of.shape.k));
  Buffer<float> y(static_cast<std::size_t>(of.m) * static_cast<std::size_t>(of.shape.n));

  const std::string name = name_of(of);
  foretoken_cuda_sample sample{};
  sample.kernel = FORETOKEN_CUDA_GEMV;
  sample.name = name.c_str();
  sample.weight_format = layout.format;
  sample.activation_format = layout.int8 ? "INT8" : "F32";
  sample.m = of.m;
  sample.n = of.shape.n;
  sample.k = of.shape.k;
  sample.bytes = static_cast<double>(bytes) + activation_bytes(of) + static_cast<double>(y.bytes());
  sample.footprint = copies.footprint();
  sample.error = gemv_error(of, copies.at(copies.count() - 1), x, y, bench.stream);
  if (!accepted(bench, sample, layout.bound, what_of(of))) return;
  if (!bench.check_only) {
    TimingLimits all = limits;
    all.least_calls = copies.count();
    const auto call = [&](int index, cudaStream_t stream) {
      launch_gemv(of, copies.at(index), x.device(), y.data(), stream);
    };
    put(sample, time_in_graph(call, all, bench.stream, bench.nvml));
  }
  bench.give(sample);
}

}  // namespace

std::vector<Job> gemv_jobs(const Bench& bench) {
  std::vector<Job> jobs;
  for (const gpu::GemvCase& of : gpu::gemv_cases(bench.quick, bench.check_only)) {
    const bool sustained = of.m == 1 && of.shape.n == 14336;
    jobs.push_back({name_of(of), what_of(of), sustained,
                    [of](Bench& with, const TimingLimits& limits) { run_gemv(with, limits, of); }});
  }
  return jobs;
}

}  // namespace foretoken::probe::cuda
