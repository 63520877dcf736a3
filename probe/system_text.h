#pragma once

/// The small languages of /proc and /sys.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace foretoken::probe {

/// "0-3,8" -> 0 1 2 3 8; what is no such list gives what was read before the fault.
std::vector<int> parse_cpu_list(std::string_view text);

/// "32768K", "1M", "512" -> bytes; nullopt for anything else.
std::optional<double> parse_cache_size(std::string_view text);

/// A whole number, with anything but a digit behind it ignored.
std::optional<std::uint64_t> parse_whole(std::string_view text);

/// Bytes of a line of /proc/meminfo: `key` is "MemTotal", "MemAvailable".
std::optional<double> parse_meminfo(std::string_view text, std::string_view key);

/// Cores' worth of time that a group may use: "200000 100000" -> 2; "max 100000" -> nullopt.
std::optional<double> parse_cpu_max(std::string_view text);

/// Time of all processors since the start of the system, in ticks.
struct ProcessorTime {
  double busy = 0;
  double idle = 0;
  double stolen = 0;  ///< by other machines on the same host; part of `busy`
};
ProcessorTime parse_processor_time(std::string_view proc_stat);

}  // namespace foretoken::probe
