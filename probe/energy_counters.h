#pragma once

/// Energy that the processor's own counters tell (RAPL through the powercap interface of Linux).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace foretoken::probe {

/// Joules between two readings of a counter in microjoules that starts again at `range`.
double joules_between(std::uint64_t before, std::uint64_t after, std::uint64_t range);

class EnergyCounters {
 public:
  /// Counters of the packages in `folder`; none where they are missing or not readable.
  explicit EnergyCounters(const std::string& folder = "/sys/class/powercap");

  bool empty() const { return packages_.empty(); }
  /// Joules of all packages since the last call, or since the construction; nullopt when a counter
  /// cannot be read (any more).
  std::optional<double> joules();

 private:
  struct Package {
    std::string file;
    std::uint64_t range;
    std::uint64_t last;
  };
  std::vector<Package> packages_;
};

}  // namespace foretoken::probe
