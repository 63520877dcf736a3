#include "probe/cpu_plan.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

namespace foretoken::probe {
namespace {

constexpr double kMiB = 1 << 20;

struct Shape {
  double n;
  double k;
};

// Matrices of models of 0.6B, 1B and 8B: attention, and feed-forward both ways.
constexpr std::array<Shape, 8> kShapes{{{1024, 1024},
                                        {3072, 1024},
                                        {2048, 2048},
                                        {8192, 2048},
                                        {2048, 8192},
                                        {4096, 4096},
                                        {14336, 4096},
                                        {4096, 14336}}};
constexpr std::array<Shape, 1> kQuickShapes{{{2048, 2048}}};

struct Heads {
  double q;
  double kv;
  double dim;
};
constexpr std::array<Heads, 3> kHeads{{{14, 2, 64}, {32, 8, 64}, {32, 8, 128}}};
constexpr std::array<Heads, 1> kQuickHeads{{{32, 8, 64}}};
constexpr std::array<double, 4> kLengths{256, 1024, 4096, 16384};
constexpr std::array<double, 1> kQuickLengths{1024};

/// Footprints of the ladder: half of each cache, then fourfold from the last-level cache on.
std::vector<double> footprints(const CpuMachine& machine, int threads, bool quick) {
  const double team = std::min(threads, machine.cores);
  std::set<double> sizes;
  const auto add = [&](double bytes) {
    // A share of each thread in whole steps, for both sides of a copy.
    const double step = 2.0 * 512.0 * threads;
    bytes = std::floor(std::min(bytes, machine.pool_bytes) / step) * step;
    if (bytes > 0.0) sizes.insert(bytes);
  };
  add(machine.pool_bytes);
  add(machine.last_level_bytes / 2.0);
  if (machine.l1_bytes > 0.0) add(machine.l1_bytes / 2.0 * team);
  if (machine.l2_bytes > 0.0) add(machine.l2_bytes / 2.0 * team);
  if (!quick) {
    add(machine.last_level_bytes / 4.0);
    add(machine.last_level_bytes);
    add(machine.last_level_bytes * 2.0);
    add(machine.pool_bytes / 2.0);
    if (machine.l2_bytes > 0.0) add(machine.l2_bytes * 2.0 * team);
  }
  return {sizes.begin(), sizes.end()};
}

void add_ladder(const CpuMachine& machine, int threads, bool quick, std::vector<Sample>& plan) {
  for (const Kernel kernel : {Kernel::Read, Kernel::Copy}) {
    for (const double bytes : footprints(machine, threads, quick)) {
      plan.push_back({.kernel = kernel,
                      .name = fmt::format("stream_{}_{}", kernel == Kernel::Read ? "read" : "copy",
                                          machine.instruction_set),
                      .threads = threads,
                      .bytes = bytes,
                      .footprint = bytes});
    }
  }
}

void add_gemv(const CpuMachine& machine, const WeightFormatFacts& facts, Shape shape, int threads,
              std::vector<Sample>& plan) {
  Sample sample{.kernel = Kernel::Gemv,
                .name = fmt::format("gemv_{}_{}", facts.short_name, machine.instruction_set),
                .weight_format = std::string(facts.name),
                .activation_format = std::string(facts.activation_name),
                .interleaved = facts.rows > 1,
                .m = 1,
                .n = shape.n,
                .k = shape.k,
                .threads = threads};
  const auto weights = static_cast<double>(operand_bytes(sample));
  const double matrices = std::floor(machine.pool_bytes / weights);
  if (matrices < 1.0) return;
  sample.bytes = weights + sizeof(float) * (shape.n + shape.k);
  sample.footprint = matrices * weights;
  plan.push_back(std::move(sample));
}

/// Q8_0 once more as fast as the machine can: the largest shapes, with all that engines leave out.
void add_prefetched(const std::vector<int>& threads, std::vector<Sample>& plan) {
  constexpr double kLargeWeights = 15e6;
  std::vector<Sample> again;
  for (const Sample& sample : plan) {
    const bool all = !threads.empty() && sample.threads == threads.back();
    if (sample.weight_format != "Q8_0" || !all || sample.bytes < kLargeWeights) continue;
    again.push_back(sample);
    again.back().prefetched = true;
    again.back().name = "prefetching_" + sample.name;
  }
  plan.insert(plan.end(), again.begin(), again.end());
}

void add_attention(const CpuMachine& machine, Heads heads, double length, int threads,
                   std::vector<Sample>& plan) {
  Sample sample{.kernel = Kernel::Attention,
                .name = "attention_f16_" + machine.instruction_set,
                .kv_format = "F16",
                .m = 1,
                .heads_q = heads.q,
                .heads_kv = heads.kv,
                .head_dim = heads.dim,
                .kv_len = length,
                .threads = threads};
  sample.bytes = static_cast<double>(operand_bytes(sample));
  const double caches = std::floor(machine.pool_bytes / sample.bytes);
  if (caches < 1.0) return;
  sample.footprint = caches * sample.bytes;
  plan.push_back(std::move(sample));
}

template <typename List>
void add_attentions(const CpuMachine& machine, const List& heads_list,
                    const std::vector<double>& lengths, const std::vector<int>& threads,
                    std::vector<Sample>& plan) {
  for (const Heads& heads : heads_list) {
    for (const double length : lengths) {
      for (const int count : threads) add_attention(machine, heads, length, count, plan);
    }
  }
}

/// Of plain and interleaved rows what an engine takes on this machine.
bool is_run(const WeightFormatFacts& facts, const CpuMachine& machine) {
  const bool has_both =
      std::count_if(kWeightFormats.begin(), kWeightFormats.end(),
                    [&](const auto& other) { return other.name == facts.name; }) > 1;
  return has_both ? (facts.rows > 1) == machine.interleaves_rows : facts.rows == 1;
}

/// At most four of many counts: the fewest, the most and two between, evenly by their number.
std::vector<int> a_few(const std::vector<int>& counts) {
  constexpr std::size_t kFew = 4;
  if (counts.size() <= kFew) return counts;
  std::vector<int> few;
  for (std::size_t i = 0; i < kFew; ++i)
    few.push_back(counts[i * (counts.size() - 1) / (kFew - 1)]);
  return few;
}

}  // namespace

std::vector<int> thread_counts(const CpuMachine& machine, const CpuProbeOptions& options) {
  std::set<int> counts(options.threads.begin(), options.threads.end());
  if (counts.empty()) {
    counts = {1, machine.cores};
    if (!options.quick) {
      for (int count = 2; count < machine.threads; count *= 2) counts.insert(count);
      counts.insert(machine.threads);
    }
  }
  return {counts.begin(), counts.end()};
}

double wanted_pool(const CpuMachine& machine, const CpuProbeOptions& options) {
  // Rotating over four caches leaves next to nothing of an operand in them.
  constexpr double kCaches = 4.0;
  constexpr double kLeast = 256.0 * kMiB;
  constexpr double kQuickLeast = 32.0 * kMiB;
  constexpr double kQuickCaches = 2.0;
  return options.quick ? std::max(kQuickLeast, kQuickCaches * machine.last_level_bytes)
                       : std::max(kLeast, kCaches * machine.last_level_bytes);
}

std::vector<Sample> cpu_plan(const CpuMachine& machine, const CpuProbeOptions& options) {
  std::vector<Sample> plan;
  const std::vector<int> counts = thread_counts(machine, options);
  for (const int threads : counts) add_ladder(machine, threads, options.quick, plan);
  for (const int threads : counts) {
    // One thread waits for nobody.
    if (threads == 1) continue;
    plan.push_back({.kernel = Kernel::Launch, .name = "team_barrier", .threads = threads});
  }
  const std::vector<int> few = a_few(counts);
  for (const WeightFormatFacts& facts : kWeightFormats) {
    if (!is_run(facts, machine)) continue;
    const auto shapes = options.quick ? std::vector<Shape>(kQuickShapes.begin(), kQuickShapes.end())
                                      : std::vector<Shape>(kShapes.begin(), kShapes.end());
    for (const Shape& shape : shapes) {
      for (const int threads : few) add_gemv(machine, facts, shape, threads, plan);
    }
  }
  add_prefetched(few, plan);
  if (options.quick) {
    add_attentions(machine, kQuickHeads, {kQuickLengths.begin(), kQuickLengths.end()}, few, plan);
  } else {
    add_attentions(machine, kHeads, {kLengths.begin(), kLengths.end()}, few, plan);
  }
  return plan;
}

WeightFormat data_format(const Sample& sample) {
  for (const WeightFormatFacts& facts : kWeightFormats) {
    if (sample.kernel == Kernel::Gemv && facts.name == sample.weight_format &&
        (facts.rows > 1) == sample.interleaved) {
      return facts.format;
    }
  }
  return WeightFormat::F16;
}

std::size_t operand_bytes(const Sample& sample) {
  if (sample.kernel == Kernel::Gemv) {
    return static_cast<std::size_t>(sample.n) *
           row_bytes(data_format(sample), static_cast<std::size_t>(sample.k));
  }
  if (sample.kernel == Kernel::Attention) {
    constexpr double kKeysAndValues = 2.0;
    return static_cast<std::size_t>(kKeysAndValues * sizeof(std::uint16_t) * sample.kv_len *
                                    sample.heads_kv * sample.head_dim);
  }
  return static_cast<std::size_t>(sample.footprint);
}

}  // namespace foretoken::probe
