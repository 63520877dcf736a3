#include "probe/cpu_probe.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <map>
#include <memory>

#include <fmt/format.h>
#include <unistd.h>

#include "probe/core_clock.h"
#include "probe/cpu_kernel.h"
#include "probe/cpu_names.h"
#include "probe/energy_counters.h"
#include "probe/statistics.h"
#include "probe/streams.h"
#include "probe/system_file.h"
#include "probe/system_text.h"
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

/// Rounds over all cases: what disturbs one for some seconds leaves the others alone.
constexpr std::size_t kRounds = 3;

/// How much longer than others a kind of case is worth measuring.
double weight_of(const Sample& sample) {
  switch (sample.kernel) {
    case Kernel::Gemv:
      return 1.0;
    case Kernel::Attention:
      return 0.7;
    case Kernel::Read:
    case Kernel::Copy:
    case Kernel::Launch:
      return 0.5;
  }
  return 1.0;
}

/// Share of all processors' time that went to others, from the system's count and our own.
class Neighbours {
 public:
  double share() const {
    const ProcessorTime now = parse_processor_time(system_file("/proc/stat"));
    const double ticks = now.busy - before_.busy + now.idle - before_.idle;
    if (ticks <= 0.0) return 0.0;
    const double hertz = static_cast<double>(sysconf(_SC_CLK_TCK));
    const double own = static_cast<double>(std::clock() - own_before_) / CLOCKS_PER_SEC * hertz;
    return std::max(0.0, (now.busy - before_.busy - own) / ticks);
  }

 private:
  ProcessorTime before_ = parse_processor_time(system_file("/proc/stat"));
  std::clock_t own_before_ = std::clock();
};

/// A case of the plan and what was timed of it so far.
struct Case {
  Sample sample;
  std::vector<Timed> batches;  ///< what a call took
  double seconds = 0.0;        ///< that all rounds took
  double joules = 0.0;
  bool wrong = false;
};

// A round's repeats take less than its share of time; warming up and laying out data take the rest.
constexpr double kRoundShare = 0.8;
constexpr double kNoisySpread = 0.05;

Sample sample_of(const Case& of) {
  Sample sample = of.sample;
  const Timing timing = timing_of(of.batches);
  sample.seconds = timing.seconds;
  sample.spread = timing.spread;
  sample.repeats = timing.repeats;
  sample.noisy = timing.disturbed || timing.spread > kNoisySpread;
  sample.watts = of.joules / of.seconds;
  return sample;
}

class CpuProbe {
 public:
  CpuProbe(const Host& host, const CpuMachine& machine)
      : machine_(machine),
        pool_(static_cast<std::size_t>(machine.pool_bytes)),
        host_threads_(static_cast<int>(host.cpus.size())) {}

  /// One round of a case. Returns the deviation of its last call from the reference.
  double measure(Case& of, double seconds) {
    const Sample& sample = of.sample;
    ThreadTeam& team = team_of(sample.threads);
    lay_data(sample);
    const std::unique_ptr<CpuKernel> kernel = make_cpu_kernel(sample, pool_, team);
    energy_.joules();
    const Clock::time_point start = Clock::now();
    const std::vector<Timed> batches =
        timed_round([&](std::size_t calls) { return kernel->timed_calls(calls); },
                    {.seconds = kRoundShare * seconds});
    of.seconds += seconds_since(start);
    of.joules += energy_.joules().value_or(0.0);
    of.batches.insert(of.batches.end(), batches.begin(), batches.end());
    of.sample.clock_hertz = clock_of(team);
    // A second look at the same call would say the same.
    return of.batches.size() == batches.size() ? kernel->error() : sample.error;
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

  static double clock_of(ThreadTeam& team) {
    std::vector<double> clocks(static_cast<std::size_t>(team.size()));
    team.run([&](int rank) { clocks[static_cast<std::size_t>(rank)] = core_clock(); });
    return median(clocks);
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

std::string case_text(const Sample& sample) {
  const std::string threads =
      fmt::format("{} thread{}", sample.threads, sample.threads == 1 ? "" : "s");
  switch (sample.kernel) {
    case Kernel::Gemv:
      return fmt::format("{} {}x{}, {}", sample.weight_format, sample.n, sample.k, threads);
    case Kernel::Attention:
      return fmt::format("attention over {}, {}", sample.kv_len, threads);
    case Kernel::Read:
    case Kernel::Copy:
    case Kernel::Launch:
      break;
  }
  return fmt::format("{}, {}", sample.name, threads);
}

void warn(const CpuMachine& machine, const Host& host, double others, Findings& findings) {
  const auto noisy = std::count_if(findings.samples.begin(), findings.samples.end(),
                                   [](const Sample& sample) { return sample.noisy; });
  if (noisy > 0) {
    findings.warnings.push_back(
        fmt::format("{} of {} timings spread by more than 5 % in the faster half of their repeats, "
                    "or other processes took a processor during nearly all; they are marked noisy.",
                    noisy, findings.samples.size()));
  }
  constexpr double kMuch = 0.05;
  if (others > kMuch) {
    findings.warnings.push_back(fmt::format(
        "Other processes used {:.0f} % of this machine's processors meanwhile.", 100.0 * others));
  }
  if (machine.pool_bytes < 2.0 * machine.last_level_bytes) {
    findings.warnings.push_back(
        fmt::format("Operands rotate over {:.0f} MiB only, since no more memory may be taken; the "
                    "last-level cache holds {:.0f} MiB.",
                    machine.pool_bytes / (1 << 20), machine.last_level_bytes / (1 << 20)));
  }
  if (host.quota && *host.quota < static_cast<double>(host.cpus.size())) {
    findings.warnings.push_back(fmt::format("The process may use {:.3g} of {} processors' time.",
                                            *host.quota, host.cpus.size()));
  }
}

CpuMachine with_pool(CpuMachine machine, const Host& host, const CpuProbeOptions& options) {
  machine.pool_bytes =
      static_cast<double>(pool_bytes(wanted_pool(machine, options), host.available_bytes));
  return machine;
}

}  // namespace

Findings probe_cpu(const Host& host, const CpuProbeOptions& options, const Progress& progress) {
  const Clock::time_point start = Clock::now();
  const CpuMachine machine = with_pool(machine_of(host), host, options);
  std::vector<Case> cases;
  for (Sample& sample : cpu_plan(machine, options)) cases.push_back({.sample = std::move(sample)});
  Findings findings{.backend = "cpu", .device = device_name(host.cpu)};
  CpuProbe probe(host, machine);
  const Neighbours neighbours;
  double weight = 0.0;  // of all rounds to come
  for (const Case& each : cases) weight += double(kRounds) * weight_of(each.sample);
  for (std::size_t i = 0; i < kRounds * cases.size(); ++i) {
    Case& each = cases[i % cases.size()];
    const double share = weight_of(each.sample) / weight;
    weight -= weight_of(each.sample);
    if (each.wrong) continue;
    if (progress) progress(i, kRounds * cases.size(), case_text(each.sample));
    const double left = std::max(0.0, options.seconds - seconds_since(start));
    each.sample.error = probe.measure(each, left * share);
    each.wrong = !(each.sample.error < kWrong);
  }
  for (const Case& each : cases) {
    if (!each.wrong) {
      findings.samples.push_back(sample_of(each));
    } else {
      findings.warnings.push_back(
          fmt::format("{} is left out: it deviates from its reference by {:.2g}.",
                      case_text(each.sample), each.sample.error));
    }
  }
  if (progress) progress(kRounds * cases.size(), kRounds * cases.size(), "");
  warn(machine, host, neighbours.share(), findings);
  return findings;
}

double fastest_read(const Host& host, double seconds) {
  const Clock::time_point start = Clock::now();
  const CpuMachine machine = with_pool(machine_of(host), host, {});
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
