#include "probe/cpu_rounds.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "probe/system_file.h"
#include "probe/system_text.h"

namespace foretoken::probe {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

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

void add(Round round, Case& to) {
  to.batches.insert(to.batches.end(), round.batches.begin(), round.batches.end());
  to.seconds += round.seconds;
  to.joules += round.joules;
  to.sample.clock_hertz = round.clock_hertz;
}

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

std::string case_text(const Sample& sample) {
  const std::string threads =
      fmt::format("{} thread{}", sample.threads, sample.threads == 1 ? "" : "s");
  switch (sample.kernel) {
    case Kernel::Gemv:
      return fmt::format("{} {}x{}, {}", sample.weight_format, sample.n, sample.k, threads);
    case Kernel::Attention:
      return fmt::format("attention over {} in {}, {}", sample.kv_len, sample.kv_format, threads);
    case Kernel::Read:
    case Kernel::Copy:
    case Kernel::Launch:
      break;
  }
  return fmt::format("{}, {}", sample.name, threads);
}

void warn_of_noise(double others, Findings& findings) {
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
}

}  // namespace

void time_in_rounds(std::vector<Sample> plan, const RoundsPlan& rounds, const TimeRound& time_round,
                    const Progress& progress, Findings& findings) {
  const Clock::time_point start = Clock::now();
  std::vector<Case> cases;
  for (Sample& sample : plan) cases.push_back({.sample = std::move(sample)});
  const std::size_t all = rounds.rounds * cases.size();
  const Neighbours neighbours;
  double weight = 0.0;  // of all rounds to come
  for (const Case& each : cases) weight += double(rounds.rounds) * weight_of(each.sample);
  for (std::size_t i = 0; i < all; ++i) {
    Case& each = cases[i % cases.size()];
    const double share = weight_of(each.sample) / weight;
    weight -= weight_of(each.sample);
    if (each.wrong) continue;
    if (progress) progress(i, all, case_text(each.sample));
    const double left = std::max(0.0, rounds.seconds - seconds_since(start));
    const bool first = each.batches.empty();
    Round round = time_round(each.sample, left * share, first);
    if (first) each.sample.error = round.error;
    each.wrong = !(each.sample.error < rounds.largest_error(each.sample));
    add(std::move(round), each);
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
  if (progress) progress(all, all, "");
  warn_of_noise(neighbours.share(), findings);
}

void warn_of_limits(const CpuMachine& machine, const Host& host, Findings& findings) {
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

}  // namespace foretoken::probe
