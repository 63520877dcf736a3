#include "probe/cuda/jobs.cuh"

// The library's own matrix product of BF16 weights, for the counts of token rows at which engines
// leave matrix-vector kernels. Built with -DFORETOKEN_CUBLAS -lcublas.

#ifndef FORETOKEN_CUBLAS

namespace foretoken::probe::cuda {
std::vector<Job> gemm_jobs(const Bench&) { return {}; }
}  // namespace foretoken::probe::cuda

#else

#include <cmath>

#include <cublas_v2.h>

#include "probe/gpu_operands.h"
#include "probe/gpu_plan.h"

namespace foretoken::probe::cuda {
namespace {

constexpr double kBound = 1e-2;  // outputs are rounded to BF16
constexpr int kMostCopies = 256;

void check_blas(cublasStatus_t status, const char* what) {
  if (status == CUBLAS_STATUS_SUCCESS) return;
  throw std::runtime_error(std::string(what) + ": cuBLAS status " +
                           std::to_string(static_cast<int>(status)));
}

class Blas {
 public:
  explicit Blas(cudaStream_t stream) : workspace_(32U << 20) {
    check_blas(cublasCreate(&handle_), "starting cuBLAS");
    check_blas(cublasSetStream(handle_, stream), "giving cuBLAS a stream");
    check_blas(cublasSetWorkspace(handle_, workspace_.data(), workspace_.bytes()),
               "giving cuBLAS memory");
  }
  ~Blas() { cublasDestroy(handle_); }
  Blas(const Blas&) = delete;
  Blas& operator=(const Blas&) = delete;

  /// y (m x n) = x (m x k) times W (n x k) transposed, all BF16 and by rows. To cuBLAS, which
  /// counts by columns, y is n x m.
  void multiply(const std::uint8_t* w, const std::uint8_t* x, std::uint16_t* y, int m, int n,
                int k) const {
    const float one = 1;
    const float zero = 0;
    check_blas(cublasGemmEx(handle_, CUBLAS_OP_T, CUBLAS_OP_N, n, m, k, &one, w, CUDA_R_16BF, k, x,
                            CUDA_R_16BF, k, &zero, y, CUDA_R_16BF, n, CUBLAS_COMPUTE_32F,
                            CUBLAS_GEMM_DEFAULT),
               "multiplying with cuBLAS");
  }

 private:
  Buffer<std::uint8_t> workspace_;
  cublasHandle_t handle_ = nullptr;
};

double gemm_error(const std::uint8_t* w, const Buffer<std::uint8_t>& x,
                  const Buffer<std::uint16_t>& y, int m, int n, int k) {
  const std::vector<std::uint8_t> activations = x.values();
  const std::vector<std::uint16_t> outputs = y.values();
  std::vector<std::uint8_t> row(static_cast<std::size_t>(k) * 2);
  gpu::Deviation deviation;
  for (const int r : gpu::sampled_rows(n, 12)) {
    check(cudaMemcpy(row.data(), w + static_cast<std::int64_t>(r) * k * 2, row.size(),
                     cudaMemcpyDeviceToHost),
          "copying to host");
    for (int token = 0; token < m; ++token) {
      const std::uint8_t* with = &activations[static_cast<std::size_t>(token) * row.size()];
      double expected = 0;
      for (int i = 0; i < k; ++i) {
        expected += gpu::weight_value(gpu::Weights::BF16, row.data(), i) *
                    gpu::weight_value(gpu::Weights::BF16, with, i);
      }
      const std::size_t at = static_cast<std::size_t>(token) * static_cast<std::size_t>(n) +
                             static_cast<std::size_t>(r);
      deviation.add(static_cast<double>(bfloat_value(outputs[at])), expected);
    }
  }
  return deviation.relative();
}

void run_gemm(Bench& bench, const TimingLimits& limits, int m, gpu::MatrixShape shape) {
  const std::int64_t bytes = 2LL * shape.n * shape.k;
  const std::string what = "gemm_bf16_cublas " + std::to_string(m) + " x " +
                           std::to_string(shape.n) + " x " + std::to_string(shape.k);
  const Pool::Copies copies = bench.pool.copies(bytes, bench.check_only ? 1 : kMostCopies);
  if (copies.count() == 0) {
    bench.warn(what + " needs more memory than the probe takes: left out.");
    return;
  }
  const gpu::FillRule fill = gpu::layout_of(gpu::Weights::BF16).fill;
  const cudaStream_t stream = bench.stream.get();
  for (int i = 0; i < copies.count(); ++i) {
    fill_random(copies.at(i), bytes, fill, static_cast<std::uint32_t>(5 + i), stream);
  }
  Buffer<std::uint8_t> x(static_cast<std::size_t>(m) * static_cast<std::size_t>(shape.k) * 2);
  Buffer<std::uint16_t> y(static_cast<std::size_t>(m) * static_cast<std::size_t>(shape.n));
  fill_random(x.data(), static_cast<std::int64_t>(x.bytes()), fill, 99, stream);
  y.poison();
  const Blas blas(stream);
  const auto call = [&](int index, cudaStream_t) {
    blas.multiply(copies.at(index), x.data(), y.data(), m, shape.n, shape.k);
  };
  call(0, stream);
  bench.stream.wait();

  foretoken_cuda_sample sample{};
  sample.kernel = FORETOKEN_CUDA_GEMV;
  sample.name = "gemm_bf16_cublas";
  sample.weight_format = "BF16";
  sample.activation_format = "BF16";
  sample.m = m;
  sample.n = shape.n;
  sample.k = shape.k;
  sample.bytes = static_cast<double>(bytes) + static_cast<double>(x.bytes() + y.bytes());
  sample.footprint = copies.footprint();
  sample.error = gemm_error(copies.at(0), x, y, m, shape.n, shape.k);
  if (!accepted(bench, sample, kBound, what)) return;
  if (!bench.check_only) {
    TimingLimits all = limits;
    all.least_calls = copies.count();
    put(sample, time_in_graph(call, all, bench.stream, bench.nvml));
  }
  bench.give(sample);
}

}  // namespace

std::vector<Job> gemm_jobs(const Bench& bench) {
  std::vector<gpu::MatrixShape> shapes{{2048, 2048}, {4096, 4096}, {14336, 4096}, {8192, 8192}};
  if (bench.check_only) shapes = {{264, 512}};
  std::vector<Job> jobs;
  for (const gpu::MatrixShape shape : shapes) {
    for (const int m : {1, 2, 4, 8, 16, 32, 64}) {
      const auto run = [m, shape](Bench& with, const TimingLimits& limits) {
        run_gemm(with, limits, m, shape);
      };
      jobs.push_back({"gemm_bf16_cublas",
                      "gemm_bf16_cublas " + std::to_string(m) + " x " + std::to_string(shape.n) +
                          " x " + std::to_string(shape.k),
                      m == 32 && shape.n == 14336, run});
    }
  }
  return jobs;
}

}  // namespace foretoken::probe::cuda

#endif
