#include "probe/energy_counters.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <system_error>

#include "probe/system_file.h"

namespace foretoken::probe {
namespace {

std::optional<std::uint64_t> number_in_file(const std::string& path) {
  const std::string text = system_file(path);
  std::uint64_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc() || end == text.data()) return std::nullopt;
  return value;
}

}  // namespace

double joules_between(std::uint64_t before, std::uint64_t after, std::uint64_t range) {
  constexpr double kMicro = 1e-6;
  const std::uint64_t difference = after >= before ? after - before : after + (range - before);
  return static_cast<double>(difference) * kMicro;
}

EnergyCounters::EnergyCounters(const std::string& folder) {
  namespace fs = std::filesystem;
  std::error_code fault;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, fault)) {
    // "intel-rapl:0" is a package (of AMD too), "intel-rapl:0:1" a part of it.
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("intel-rapl:") || std::count(name.begin(), name.end(), ':') != 1)
      continue;
    const std::string path = entry.path().string();
    if (!system_file(path + "/name").starts_with("package")) continue;
    const auto range = number_in_file(path + "/max_energy_range_uj");
    const auto now = number_in_file(path + "/energy_uj");
    if (range && now) packages_.push_back({path + "/energy_uj", *range, *now});
  }
}

std::optional<double> EnergyCounters::joules() {
  if (packages_.empty()) return std::nullopt;
  double sum = 0.0;
  for (Package& package : packages_) {
    const auto now = number_in_file(package.file);
    if (!now) return std::nullopt;
    sum += joules_between(package.last, *now, package.range);
    package.last = *now;
  }
  return sum;
}

}  // namespace foretoken::probe
