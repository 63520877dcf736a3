#include "probe/cpu_probe.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <memory>

#include "probe/core_clock.h"
#include "probe/cpu_kernel.h"
#include "probe/cpu_names.h"
#include "probe/cpu_rounds.h"
#include "probe/energy_counters.h"
#include "probe/streams.h"
#include "probe/timing.h"
#include "probe/weight_data.h"

namespace foretoken::probe {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Sums in FP32 over rows of 16,384 differ by a few millionths of the sum of sizes.
constexpr double kWrong = 1e-4;

/// Random weights are made once in this size and laid over the pool.
constexpr std::size_t kPatternBytes = std::size_t{1} << 20U;

// A round's repeats take less than its share of time; warming up and laying out data take the rest.
constexpr double kRoundShare = 0.8;

class CpuProbe {
 public:
  CpuProbe(const Host& host, const CpuMachine& machine)
      : machine_(machine),
        pool_(static_cast<std::size_t>(machine.pool_bytes)),
        host_threads_(static_cast<int>(host.cpus.size())) {}

  Round measure(const Sample& sample, double seconds, bool check) {
    ThreadTeam& team = team_of(sample.threads);
    lay_data(sample);
    const std::unique_ptr<CpuKernel> kernel = make_cpu_kernel(sample, pool_, team);
    energy_.joules();
    const Clock::time_point start = Clock::now();
    Round round;
    round.batches = timed_round([&](std::size_t calls) { return kernel->timed_calls(calls); },
                                {.seconds = kRoundShare * seconds});
    round.seconds = seconds_since(start);
    round.joules = energy_.joules().value_or(0.0);
    round.clock_hertz = core_clock(team);
    if (check) round.error = kernel->error();
    return round;
  }

 private:
  ThreadTeam& team_of(int threads) {
    std::unique_ptr<ThreadTeam>& team = teams_[threads];
    if (!team) team = std::make_unique<ThreadTeam>(threads, host_threads_);
    return *team;
  }

  /// Rows of int8_channel end in their scale, so their length counts too.
  void lay_data(const Sample& sample) {
    const WeightFormat format = data_format(sample);
    constexpr std::size_t kLength = 4096;
    const std::size_t k =
        format == WeightFormat::Int8Channel ? static_cast<std::size_t>(sample.k) : kLength;
    if (laid_ && laid_format_ == format && laid_k_ == k) return;
    const std::size_t together = facts_of(format).rows;
    const std::size_t groups =
        std::max<std::size_t>(1, kPatternBytes / (together * row_bytes(format, k)));
    const auto pattern =
        random_weights(format, groups * together, k, static_cast<std::uint64_t>(format) + 1);
    ThreadTeam& team = team_of(std::min(machine_.cores, host_threads_));
    team.run([&](int rank) {
      pool_.fill(pattern, static_cast<std::size_t>(rank), static_cast<std::size_t>(team.size()));
    });
    laid_ = true;
    laid_format_ = format;
    laid_k_ = k;
  }

  CpuMachine machine_;
  MemoryPool pool_;
  int host_threads_;
  EnergyCounters energy_;
  std::map<int, std::unique_ptr<ThreadTeam>> teams_;
  bool laid_ = false;
  WeightFormat laid_format_ = WeightFormat::F32;
  std::size_t laid_k_ = 0;
};

}  // namespace

Findings probe_cpu(const Host& host, const CpuProbeOptions& options, const Progress& progress) {
  const CpuMachine machine = machine_with_pool(host, options);
  Findings findings{.backend = "cpu", .device = device_name(host.cpu)};
  CpuProbe probe(host, machine);
  time_in_rounds(
      cpu_plan(machine, options),
      {.seconds = options.seconds, .largest_error = [](const Sample&) { return kWrong; }},
      [&](const Sample& sample, double seconds, bool check) {
        return probe.measure(sample, seconds, check);
      },
      progress, findings);
  warn_of_limits(machine, host, findings);
  return findings;
}

double fastest_read(const Host& host, double seconds) {
  const Clock::time_point start = Clock::now();
  const CpuMachine machine = machine_with_pool(host, {});
  MemoryPool pool(static_cast<std::size_t>(machine.pool_bytes));
  // Pages that were never written are all the same page of zeros.
  pool.fill(random_weights(WeightFormat::F16, 1, kPatternBytes / sizeof(std::uint16_t), 1));
  const std::vector<int> counts = thread_counts(machine, {});
  double fastest = 0.0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    ThreadTeam team(counts[i], static_cast<int>(host.cpus.size()));
    const double step = static_cast<double>(kStreamStep) * counts[i];
    Sample sample{.kernel = Kernel::Read, .threads = counts[i]};
    sample.bytes = std::floor(machine.pool_bytes / step) * step;
    const std::unique_ptr<CpuKernel> kernel = make_cpu_kernel(sample, pool, team);
    const double until = seconds * static_cast<double>(i + 1) / static_cast<double>(counts.size());
    do {
      fastest = std::max(fastest, sample.bytes / kernel->timed_calls(1).seconds);
    } while (seconds_since(start) < until);
  }
  return fastest;
}

}  // namespace foretoken::probe
