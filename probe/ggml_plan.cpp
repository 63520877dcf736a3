#include "probe/ggml_plan.h"

#include <cmath>
#include <random>
#include <string>
#include <utility>

namespace foretoken::probe {
namespace {

/// A format of its own: ggml has none like it.
constexpr WeightFormat kNotInGguf = WeightFormat::Int8Channel;

void add_product(Sample sample, std::vector<Sample>& plan) {
  if (sample.prefetched || data_format(sample) == kNotInGguf) return;
  sample.name = "ggml_mul_mat_" + std::string(facts_of(data_format(sample)).short_name);
  // What ggml makes of them within is its own affair: the operator takes floats.
  sample.activation_format = "F32";
  plan.push_back(std::move(sample));
}

void add_attention(Sample sample, WeightFormat format, const CpuMachine& machine,
                   std::vector<Sample>& plan) {
  const WeightFormatFacts& facts = facts_of(format);
  sample.name = "ggml_flash_attn_ext_" + std::string(facts.short_name);
  sample.kv_format = std::string(facts.name);
  sample.bytes = streamed_bytes(sample);
  sample.footprint = std::floor(machine.pool_bytes / sample.bytes) * sample.bytes;
  if (sample.footprint > 0.0) plan.push_back(std::move(sample));
}

}  // namespace

std::vector<Sample> ggml_plan(const CpuMachine& machine, const CpuProbeOptions& options) {
  CpuMachine plain = machine;
  plain.interleaves_rows = false;  // ggml interleaves by itself, where it does
  std::vector<Sample> plan;
  std::vector<Sample> attentions;
  for (Sample& sample : cpu_plan(plain, options)) {
    if (sample.kernel == Kernel::Gemv)
      add_product(std::move(sample), plan);
    else if (sample.kernel == Kernel::Attention)
      attentions.push_back(std::move(sample));
  }
  for (const WeightFormat format : {WeightFormat::F16, WeightFormat::Q8_0}) {
    for (const Sample& sample : attentions) add_attention(sample, format, machine, plan);
  }
  return plan;
}

WeightFormat streamed_format(const Sample& sample) {
  if (sample.kernel == Kernel::Attention && sample.kv_format == "Q8_0") return WeightFormat::Q8_0;
  Sample plain = sample;
  plain.interleaved = false;
  return data_format(plain);
}

double streamed_bytes(const Sample& sample) {
  constexpr double kKeysAndValues = 2.0;
  const double values = sample.kernel == Kernel::Gemv
                            ? sample.n * sample.k
                            : kKeysAndValues * sample.kv_len * sample.heads_kv * sample.head_dim;
  return static_cast<double>(row_bytes(streamed_format(sample), static_cast<std::size_t>(values)));
}

std::vector<float> exact_activations(std::size_t count, float step) {
  constexpr int kLargest = 127;
  constexpr std::size_t kSmallestBlock = 32;
  std::mt19937 random(7);
  std::uniform_int_distribution<int> steps(-kLargest, kLargest);
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = step * static_cast<float>(i % kSmallestBlock == 0 ? kLargest : steps(random));
  }
  return values;
}

}  // namespace foretoken::probe
