#include <cmath>

#include "probe/cuda/attention_launch.cuh"
#include "probe/cuda/jobs.cuh"
#include "probe/gpu_operands.h"
#include "probe/gpu_plan.h"

namespace foretoken::probe::cuda {
namespace {

constexpr int kDim = gpu::kHeadDim;
constexpr double kBound = 2e-3;  // float sums, fast exponentials; keys and values are exact halves
constexpr int kMostCopies = 256;

/// One query head in double precision.
std::vector<double> reference_head(const float* q, const std::vector<std::uint16_t>& keys,
                                   const std::vector<std::uint16_t>& values, int kv_len) {
  std::vector<double> scores(static_cast<std::size_t>(kv_len));
  double highest = -gpu::kInfinity;
  for (std::size_t token = 0; token < scores.size(); ++token) {
    double score = 0;
    for (std::size_t i = 0; i < kDim; ++i) {
      score += static_cast<double>(q[i]) * static_cast<double>(half_value(keys[token * kDim + i]));
    }
    scores[token] = score / std::sqrt(static_cast<double>(kDim));
    highest = std::max(highest, scores[token]);
  }
  std::vector<double> out(kDim, 0.0);
  double total = 0;
  for (std::size_t token = 0; token < scores.size(); ++token) {
    const double share = std::exp(scores[token] - highest);
    total += share;
    for (std::size_t i = 0; i < kDim; ++i) {
      out[i] += share * static_cast<double>(half_value(values[token * kDim + i]));
    }
  }
  for (double& value : out) value /= total;
  return out;
}

struct Cache {
  Pool::Copies copies;
  std::int64_t side_bytes;  ///< of the keys; the values lie behind
  const std::uint8_t* keys(int index) const { return copies.at(index); }
  const std::uint8_t* values(int index) const { return copies.at(index) + side_bytes; }
};

std::vector<std::uint16_t> head_of(const std::uint8_t* side, int head, int kv_len) {
  std::vector<std::uint16_t> result(static_cast<std::size_t>(kv_len) * kDim);
  check(cudaMemcpy(result.data(), side + static_cast<std::int64_t>(head) * kv_len * kDim * 2,
                   result.size() * 2, cudaMemcpyDeviceToHost),
        "copying to host");
  return result;
}

double attention_error(const AttentionShape& shape, const Cache& cache, const std::vector<float>& q,
                       const Buffer<float>& out) {
  const std::vector<float> outputs = out.values();
  for (const float output : outputs) {
    if (!std::isfinite(output)) return gpu::kInfinity;
  }
  gpu::Deviation deviation;
  const int group = shape.heads_q / shape.heads_kv;
  for (const int head : gpu::sampled_rows(shape.heads_q, 3)) {
    const std::vector<double> expected =
        reference_head(&q[static_cast<std::size_t>(head) * kDim],
                       head_of(cache.keys(0), head / group, shape.kv_len),
                       head_of(cache.values(0), head / group, shape.kv_len), shape.kv_len);
    for (std::size_t i = 0; i < kDim; ++i) {
      deviation.add(static_cast<double>(outputs[static_cast<std::size_t>(head) * kDim + i]),
                    expected[i]);
    }
  }
  return deviation.relative();
}

std::string what_of(const gpu::AttentionCase& of) {
  return "attention_f16_cuda " + std::to_string(of.heads_q) + "/" + std::to_string(of.heads_kv) +
         " heads, " + std::to_string(of.kv_len) + " tokens";
}

void run_attention(Bench& bench, const TimingLimits& limits, const gpu::AttentionCase& of) {
  const AttentionShape shape{
      of.heads_q, of.heads_kv, of.kv_len,
      splits_for(of.heads_q, of.heads_kv, of.kv_len, bench.properties.multiProcessorCount)};
  const std::int64_t side = static_cast<std::int64_t>(of.heads_kv) * of.kv_len * kDim * 2;
  const Cache cache{bench.pool.copies(2 * side, bench.check_only ? 1 : kMostCopies), side};
  if (cache.copies.count() == 0) {
    bench.warn(what_of(of) + " needs more memory than the probe takes: left out.");
    return;
  }
  const gpu::FillRule halves = gpu::layout_of(gpu::Weights::F16).fill;
  for (int i = 0; i < cache.copies.count(); ++i) {
    fill_random(cache.copies.at(i), 2 * side, halves, static_cast<std::uint32_t>(11 + i),
                bench.stream.get());
  }
  bench.stream.wait();
  // Queries that make some tokens count much more than others: scores spread over +-5.
  std::vector<float> queries(static_cast<std::size_t>(of.heads_q) * kDim);
  for (std::size_t i = 0; i < queries.size(); ++i) {
    queries[i] = 4 * gpu::random_value(static_cast<std::uint32_t>(i) + 977);
  }
  const Buffer<float> q(queries);
  Buffer<float> out(queries.size());
  Buffer<float> partials(partial_floats(shape));
  const auto call = [&](int index, cudaStream_t stream) {
    launch_attention(shape, q.data(), cache.keys(index), cache.values(index), partials.data(),
                     out.data(), stream);
  };

  foretoken_cuda_sample sample{};
  sample.kernel = FORETOKEN_CUDA_ATTENTION;
  sample.name = "attention_f16_cuda";
  sample.activation_format = "F32";
  sample.kv_format = "F16";
  sample.m = 1;
  sample.heads_q = of.heads_q;
  sample.heads_kv = of.heads_kv;
  sample.head_dim = kDim;
  sample.kv_len = of.kv_len;
  sample.bytes = 2.0 * static_cast<double>(side) + 2.0 * static_cast<double>(out.bytes());
  sample.footprint = cache.copies.footprint();
  out.poison();
  partials.poison();
  call(0, bench.stream.get());
  bench.stream.wait();
  sample.error = attention_error(shape, cache, queries, out);
  if (!accepted(bench, sample, kBound, what_of(of))) return;
  if (!bench.check_only) {
    TimingLimits all = limits;
    all.least_calls = cache.copies.count();
    put(sample, time_in_graph(call, all, bench.stream, bench.nvml));
  }
  bench.give(sample);
}

}  // namespace

std::vector<Job> attention_jobs(const Bench& bench) {
  std::vector<Job> jobs;
  for (const gpu::AttentionCase& of : gpu::attention_cases(bench.quick, bench.check_only)) {
    const bool sustained = of.heads_q == 32 && of.heads_kv == 8 && of.kv_len == 32768;
    jobs.push_back(
        {"attention_f16_cuda", what_of(of), sustained,
         [of](Bench& with, const TimingLimits& limits) { run_attention(with, limits, of); }});
  }
  return jobs;
}

}  // namespace foretoken::probe::cuda
