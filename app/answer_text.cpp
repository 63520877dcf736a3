#include "app/answer_text.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "app/digits.h"
#include "app/table.h"
#include "base/unit_text.h"

namespace foretoken::app {
namespace {

constexpr std::size_t kBasisParts = 4;

std::string defaults_of(const Combination& asked) {
  if (asked.default_format && asked.default_runtime) return "  (format and runtime by default)";
  if (asked.default_format) return "  (format by default)";
  return asked.default_runtime ? "  (runtime by default)" : "";
}

std::string header_line(const Answer& answer) {
  const sim::Request& request = answer.asked->request;
  std::string line =
      fmt::format("{} {} on {}, {}, ctx {:.0f}..{:.0f}",
                  request.llm->name.empty() ? request.llm->id : request.llm->name,
                  format_label(answer.report), request.device->name, request.runtime->name,
                  request.context_start, request.context_start + request.gen_tokens);
  if (request.batch > 1) line += fmt::format(", batch {:.0f}", request.batch);
  if (request.ranks > 1) line += fmt::format(", tp {}", request.ranks);
  if (request.facts.threads > 0) line += fmt::format(", {} threads", request.facts.threads);
  if (request.sheet != nullptr) {
    line += fmt::format(", cores at {}", clock_text(request.device->clock->base()));
  }
  if (answer.asked->datasheet_changed) line += ", datasheet changed";
  return line + defaults_of(*answer.asked) + "\n";
}

std::string rate_line(const sim::Report& report) {
  const auto& rate = report.rate;
  const int decimals = decimals_for(rate.point.base(), rate.lo.base(), rate.hi.base());
  const double ms = report.step.point.base() * 1e3;
  const int ms_decimals =
      decimals_for(ms, report.step.lo.base() * 1e3, report.step.hi.base() * 1e3);
  const double read = (report.weights_read + report.kv_read).base() / 1e9;
  return fmt::format(
      "  rate    {} t/s  ({:.0f} %: {}..{})   {} ms/token   {} GB read/token   {} of {}\n",
      rounded(rate.point.base(), decimals), rate.level * 100.0, rounded(rate.lo.base(), decimals),
      rounded(rate.hi.base(), decimals), rounded(ms, ms_decimals), significant(read, 3),
      percent(report.share_of_peak), format_quantity(report.bandwidth));
}

std::string memory_line(const sim::MemoryFit& memory, const std::string& energy) {
  const std::string parts =
      fmt::format("(weights {}, kv {}, overhead {})", memory_text(memory.weights.base()),
                  memory_text(memory.kv.base()), memory_text(memory.overhead.base()));
  const auto fits = memory.fits();
  if (!fits) {
    return fmt::format("  memory  {}, capacity not stated  {}{}\n",
                       memory_text(memory.total().base()), parts, energy);
  }
  const bool narrowly = memory.total_lo <= *memory.capacity && *memory.capacity < memory.total_hi;
  return fmt::format("  memory  {} of {}: {}{}  {}{}\n", memory_text(memory.total().base()),
                     memory_text(memory.capacity->base()), *fits ? "fits" : "DOES NOT FIT",
                     narrowly ? " (narrowly)" : "", parts, energy);
}

/// "   energy  1.7 J/token  (1.3..2.2)   270 W at the gpu".
std::string energy_part(const sim::EnergyReport& energy) {
  const auto& joules = energy.per_token;
  const int decimals = decimals_for(joules.point.base(), joules.lo.base(), joules.hi.base());
  const int watts =
      decimals_for(energy.power.point.base(), energy.power.lo.base(), energy.power.hi.base());
  return fmt::format("   energy  {} J/token  ({}..{})   {} W at the {}",
                     rounded(joules.point.base(), decimals), rounded(joules.lo.base(), decimals),
                     rounded(joules.hi.base(), decimals), rounded(energy.power.point.base(), watts),
                     energy.scope);
}

/// "31k" of 31234.
std::string thousands(double count) {
  return count < 1e4 ? significant(count, 2) : significant(count / 1e3, 2) + "k";
}

/// "  charge  31k tokens  (24k..40k) from 16.5 Wh at the board, 2.9 h"; what a warm machine
/// sustains stands behind it.
std::string charge_line(const sim::Report& report) {
  std::string line;
  if (report.charge) {
    const sim::ChargeReport& charge = *report.charge;
    line += fmt::format("  charge  {} tokens  ({}..{}) from {:.4g} Wh at the {}, {} h",
                        thousands(charge.tokens), thousands(charge.tokens_lo),
                        thousands(charge.tokens_hi), charge.battery.base() / 3600.0, charge.scope,
                        significant(charge.lasts.base() / 3600.0, 2));
  }
  if (report.sustained) {
    const sim::SustainedReport& warm = *report.sustained;
    const int decimals =
        decimals_for(warm.rate.point.base(), warm.rate.lo.base(), warm.rate.hi.base());
    line += line.empty() ? "  warm   " : "   warm";
    line +=
        fmt::format(" {} t/s  ({}..{})", rounded(warm.rate.point.base(), decimals),
                    rounded(warm.rate.lo.base(), decimals), rounded(warm.rate.hi.base(), decimals));
    if (warm.throttles) {
      line += fmt::format(" at {} after {:.0f} s ({:.0f}..{:.0f})", format_quantity(warm.budget),
                          warm.delay.point.base(), warm.delay.lo.base(), warm.delay.hi.base());
    }
  }
  return line.empty() ? line : line + "\n";
}

/// What a token's energy is spent on, largest first.
std::string energy_line(const sim::EnergyReport& energy) {
  const sim::EnergySplit& s = energy.split;
  struct Part {
    const char* name;
    Joules joules;
  };
  std::vector<Part> parts{{"idle", s.idle},           {"waiting", s.waiting},
                          {"host", s.host},           {"memory", s.memory},
                          {"unpacking", s.unpacking}, {"arithmetic", s.arithmetic}};
  std::stable_sort(parts.begin(), parts.end(),
                   [](const Part& a, const Part& b) { return a.joules > b.joules; });
  Joules sum{};
  for (const Part& part : parts) sum += part.joules;
  constexpr double kWorthSaying = 0.01;
  std::string line = "energy";
  const char* separator = ": ";
  for (const Part& part : parts) {
    const double share = sum.base() > 0.0 ? part.joules / sum : 0.0;
    if (share < kWorthSaying) continue;
    line += fmt::format("{}{} {}", separator, part.name, percent(share));
    separator = " | ";
  }
  return line + "\n";
}

/// The causes of the step's time, largest first, those of at least 1 %.
std::string bound_line(const sim::Report& report) {
  struct Part {
    const char* name;
    Seconds time;
  };
  const sim::CauseSplit& c = report.causes;
  std::vector<Part> parts{{"weights", c.weights},     {"output head", c.head},
                          {"attention", c.attention}, {"launches and small ops", c.launches},
                          {"links", c.links},         {"host", c.host}};
  std::stable_sort(parts.begin(), parts.end(),
                   [](const Part& a, const Part& b) { return a.time > b.time; });
  constexpr double kWorthSaying = 0.01;
  std::string line = fmt::format("  bound   {}:", report.bound);
  const char* separator = " ";
  for (const Part& part : parts) {
    if (part.time / report.step.point < kWorthSaying) continue;
    line += fmt::format("{}{} {} ms", separator, part.name, significant(part.time.base() * 1e3, 2));
    separator = " | ";
  }
  return line + "\n";
}

std::string basis_line(const Answer& answer) {
  const sim::Report& report = answer.report;
  const char* const seen = answer.asked->request.device_changed
                               ? "what-if, coefficients of the unchanged device"
                           : report.known_device ? "measured rows of this device"
                                                 : "no measured row of this device";
  std::string line = fmt::format("  basis   {}", seen);
  for (std::size_t i = 0; i < std::min(report.basis.size(), kBasisParts); ++i) {
    const sim::BasisReport& part = report.basis[i];
    constexpr double kWorthSaying = 0.005;
    if (part.share < kWorthSaying) break;
    line += fmt::format("{} {} {}", i == 0 ? ";" : " |", part.what, part.level);
    if (part.rows > 0) line += fmt::format(" ({:.0f} rows)", part.rows);
    line += " " + percent(part.share);
  }
  return line + "\n";
}

}  // namespace

std::string answer_text(const Answer& answer) {
  const sim::Report& report = answer.report;
  const std::string check =
      report.check_command.empty() ? "no benchmark of this runtime is known" : report.check_command;
  return header_line(answer) + rate_line(report) +
         memory_line(report.memory, report.energy ? energy_part(*report.energy) : "") +
         charge_line(report) + bound_line(report) + basis_line(answer) +
         fmt::format("  check   {}\n", check);
}

std::string ops_text(const sim::Report& report) {
  using enum Table::Align;
  Table table({{"operator"},
               {"times", Right},
               {"ms", Right},
               {"% of step", Right},
               {"MB", Right},
               {"bound"},
               {"basis"},
               {"rows", Right}});
  for (const sim::OpReport& op : report.ops) {
    table.add({op.name, fmt::format("{:.0f}", op.repeat), significant(op.time.base() * 1e3, 3),
               fmt::format("{:.1f}", op.time / report.step.point * 100.0),
               significant(op.bytes.base() / 1e6, 3), op.bound, op.basis,
               fmt::format("{:.0f}", op.rows)});
  }
  table.add({"host", "1", significant(report.causes.host.base() * 1e3, 3),
             fmt::format("{:.1f}", report.causes.host / report.step.point * 100.0), "", "host", "",
             ""});
  return (report.energy ? energy_line(*report.energy) : "") + table.text();
}

}  // namespace foretoken::app
