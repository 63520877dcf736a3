#include "probe/system_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace foretoken::probe {
namespace {

void skip_blanks(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\n"), text.size()));
}

/// Takes a number from the front of `text`.
std::optional<std::uint64_t> take_whole(std::string_view& text) {
  std::uint64_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

}  // namespace

std::vector<int> parse_cpu_list(std::string_view text) {
  constexpr std::uint64_t kMost = 1 << 16;
  std::vector<int> cpus;
  while (true) {
    skip_blanks(text);
    const auto first = take_whole(text);
    if (!first || *first > kMost) return cpus;
    std::uint64_t last = *first;
    if (text.starts_with('-')) {
      text.remove_prefix(1);
      const auto named = take_whole(text);
      if (!named || *named > kMost) return cpus;
      last = *named;
    }
    for (std::uint64_t cpu = *first; cpu <= last; ++cpu) cpus.push_back(static_cast<int>(cpu));
    if (!text.starts_with(',')) return cpus;
    text.remove_prefix(1);
  }
}

std::optional<double> parse_cache_size(std::string_view text) {
  const auto number = take_whole(text);
  if (!number) return std::nullopt;
  const auto value = static_cast<double>(*number);
  constexpr double kKilo = 1024.0;
  if (text.starts_with('K')) return value * kKilo;
  if (text.starts_with('M')) return value * kKilo * kKilo;
  if (text.empty() || text.front() == '\n') return value;
  return std::nullopt;
}

std::optional<std::uint64_t> parse_whole(std::string_view text) {
  skip_blanks(text);
  return take_whole(text);
}

std::optional<double> parse_meminfo(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (!line.starts_with(key) || line.substr(key.size(), 1) != ":") continue;
    constexpr double kKilo = 1024.0;
    const auto kilobytes = parse_whole(line.substr(key.size() + 1));
    if (kilobytes) return static_cast<double>(*kilobytes) * kKilo;
  }
  return std::nullopt;
}

std::optional<double> parse_cpu_max(std::string_view text) {
  const auto quota = take_whole(text);
  skip_blanks(text);
  const auto period = take_whole(text);
  if (!quota || !period || *quota == 0 || *period == 0) return std::nullopt;
  return static_cast<double>(*quota) / static_cast<double>(*period);
}

ProcessorTime parse_processor_time(std::string_view proc_stat) {
  ProcessorTime time;
  if (!proc_stat.starts_with("cpu ")) return time;
  proc_stat.remove_prefix(3);
  // user nice system idle iowait irq softirq steal; guest time is part of user time.
  std::array<double, 8> columns{};
  for (double& column : columns) {
    skip_blanks(proc_stat);
    const auto ticks = take_whole(proc_stat);
    if (!ticks) break;
    column = static_cast<double>(*ticks);
  }
  time.idle = columns[3] + columns[4];
  time.stolen = columns[7];
  time.busy = columns[0] + columns[1] + columns[2] + columns[5] + columns[6] + columns[7];
  return time;
}

}  // namespace foretoken::probe
