#include "probe/ggml_cases.h"

#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "probe/core_clock.h"
#include "probe/cpu_rounds.h"
#include "probe/energy_counters.h"
#include "probe/ggml_kernel.h"
#include "probe/timing.h"

namespace foretoken::probe {
namespace {

/// Sums in halves, which some processors make of products of halves, and of attention over 16,384
/// tokens; what is wrong is off by several times as much.
double largest_error(const Sample& sample) {
  constexpr double kOfProduct = 1e-3;
  constexpr double kOfAttention = 5e-2;
  return sample.kernel == Kernel::Attention ? kOfAttention : kOfProduct;
}

/// Laying operands out takes time in each: ggml rearranges some.
constexpr std::size_t kRounds = 2;

constexpr double kRoundShare = 0.6;
/// A graph that is computed has a beginning and an end, which in an engine hundreds of operators
/// share.
constexpr double kLeastBatch = 3e-3;

/// Whether two cases differ in nothing but their threads.
bool same_operands(const Sample& a, const Sample& b) {
  const auto facts = [](const Sample& of) {
    return std::tie(of.name, of.m, of.n, of.k, of.heads_q, of.heads_kv, of.head_dim, of.kv_len);
  };
  return facts(a) == facts(b);
}

class GgmlProbe {
 public:
  explicit GgmlProbe(const CpuMachine& machine)
      : pool_bytes_(static_cast<std::size_t>(machine.pool_bytes)) {}

  /// Of a plan what ggml supports, named by where its weights are laid.
  std::vector<Sample> supported(std::vector<Sample> plan, std::vector<std::string>& warnings) {
    std::vector<Sample> cases;
    std::set<std::string> missing;
    for (Sample& sample : plan) {
      const ggml_backend_buffer_type_t memory = memory_of(sample, processor_);
      if (memory == nullptr) {
        if (missing.insert(sample.name).second) {
          warnings.push_back(
              fmt::format("{} is left out: this ggml does not support it.", sample.name));
        }
        continue;
      }
      if (memory != processor_.plain_memory()) {
        sample.interleaved = true;
        sample.name += fmt::format("_{}", ggml_backend_buft_name(memory));
      }
      cases.push_back(std::move(sample));
    }
    return cases;
  }

  Round measure(const Sample& sample, double seconds, bool check) {
    using Clock = std::chrono::steady_clock;
    lay(sample);
    processor_.use_threads(sample.threads);
    energy_.joules();
    const Clock::time_point start = Clock::now();
    Round round;
    round.batches = timed_round([&](std::size_t calls) { return kernel_->timed_calls(calls); },
                                {.seconds = kRoundShare * seconds, .least_batch = kLeastBatch});
    round.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    round.joules = energy_.joules().value_or(0.0);
    round.clock_hertz = core_clock();  // ggml's other threads spin for a while yet
    if (check) round.error = kernel_->error();
    return round;
  }

 private:
  void lay(const Sample& sample) {
    if (kernel_ && same_operands(sample, laid_)) return;
    kernel_.reset();
    const ggml_backend_buffer_type_t kind = memory_of(sample, processor_);
    if (!memory_ || memory_->kind() != kind) {
      memory_.reset();  // before there are two
      memory_ = std::make_unique<GgmlMemory>(kind, pool_bytes_);
    }
    kernel_ = make_ggml_kernel(sample, processor_, *memory_);
    laid_ = sample;
  }

  std::size_t pool_bytes_;
  GgmlProcessor processor_;
  EnergyCounters energy_;
  std::unique_ptr<GgmlMemory> memory_;
  std::unique_ptr<GgmlKernel> kernel_;
  Sample laid_;
};

}  // namespace

void time_ggml(std::vector<Sample> plan, const CpuMachine& machine, double seconds,
               const Progress& progress, Findings& findings) {
  GgmlProbe probe(machine);
  time_in_rounds(
      probe.supported(std::move(plan), findings.warnings),
      {.rounds = kRounds, .seconds = seconds, .largest_error = largest_error},
      [&](const Sample& sample, double share, bool check) {
        return probe.measure(sample, share, check);
      },
      progress, findings);
}

}  // namespace foretoken::probe
