#include "hwdb/device_checks.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "base/text_file.h"
#include "base/unit_text.h"
#include "hwdb/device_parameters.h"
#include "hwdb/device_yaml.h"
#include "hwdb/file_set.h"

namespace foretoken::hwdb {
namespace {

// Datasheets round: "400 GB/s" for 409.6, "4.8 TB/s" for 4.813.
constexpr double kBandwidthTolerance = 0.03;
// Rates of one device differ by powers of two (FP8 is twice FP16); sheets print three digits.
constexpr double kPeakRatioTolerance = 0.03;
// Operations per core and clock of a GPU are a power of two. Tensor rates are quoted at a clock up
// to 14 % below the boost clock (H100 NVL), and up to 6 % above the one that is published (GB10).
constexpr double kPerCoreBelow = 0.15;
constexpr double kPerCoreAbove = 0.08;
// What exists, with a decade to spare: 10 GB/s boards, 20 PB/s of on-wafer SRAM.
constexpr double kLeastBandwidth = 1e9;
constexpr double kMostBandwidth = 1e17;
constexpr double kLeastCapacity = 64.0 * 1024 * 1024;
constexpr double kMostCapacity = 8.0e12;
constexpr double kLeastClock = 5e7;
constexpr double kMostClock = 1e10;
constexpr double kMostPower = 5e4;

class Checker {
 public:
  explicit Checker(const Device& device) : device_(device) {}

  /// A fault about `path`, unless the file lists the path as unusual.
  void fault(const std::string& path, const std::string& message) {
    if (std::find(device_.unusual.begin(), device_.unusual.end(), path) != device_.unusual.end()) {
      excused_.insert(path);
      return;
    }
    plain_fault(fmt::format("'{}' {}", path, message));
  }
  void plain_fault(std::string message) {
    faults_.push_back(
        {.file = device_.file.empty() ? device_.id : device_.file, .message = std::move(message)});
  }

  /// An entry of `unusual` must be a parameter that indeed breaks a rule, with a note.
  void check_unusual() {
    for (const std::string& path : device_.unusual) {
      if (excused_.count(path) != 0) continue;
      plain_fault(fmt::format("'unusual' lists '{}', which breaks no rule; remove it", path));
    }
    if (!device_.unusual.empty() && device_.notes.empty()) {
      plain_fault("'unusual' is given without 'notes' that say why");
    }
  }
  std::vector<Fault> take() { return std::move(faults_); }

 private:
  const Device& device_;
  std::set<std::string> excused_;
  std::vector<Fault> faults_;
};

/// `value` over the nearest power of two.
double over_power_of_two(double value) { return value / std::exp2(std::round(std::log2(value))); }

void check_range(Checker& checker, const Device& device, std::string_view path, double low,
                 double high) {
  const DeviceParameter& parameter = device_parameter(path);
  const auto value = parameter.get(device);
  if (!value || (*value >= low && *value <= high)) return;
  checker.fault(
      std::string(path),
      fmt::format("of {} is outside {} to {}", format_quantity(*value, parameter.dim),
                  format_quantity(low, parameter.dim), format_quantity(high, parameter.dim)));
}

void check_memory(Checker& checker, const Device& device) {
  const MemoryFacts& memory = device.memory;
  if (memory.bus_bits && memory.transfers_per_second) {
    const double computed = *memory.bus_bits * *memory.transfers_per_second / 8.0;
    const double stated = memory.bandwidth.base();
    if (std::abs(computed / stated - 1.0) > kBandwidthTolerance) {
      checker.fault("memory.bandwidth",
                    fmt::format("of {} is not bus width x rate = {} (within {:.0f} %)",
                                format_quantity(memory.bandwidth, 4),
                                format_quantity(BytesPerSecond::of(computed), 4),
                                100.0 * kBandwidthTolerance));
    }
  }
  if (memory.port && *memory.port > memory.bandwidth) {
    checker.fault("memory.port", "is above the bandwidth of the memory behind it");
  }
  if (device.last_level_cache && memory.capacity && *device.last_level_cache > *memory.capacity) {
    checker.fault("last_level_cache", "is larger than the memory");
  }
}

void check_peaks(Checker& checker, const Device& device) {
  const auto& base = device.peak_of(ArithmeticClass::Fp16);
  const bool is_graphics =
      device.device_class == DeviceClass::Gpu || device.device_class == DeviceClass::IntegratedGpu;
  for (std::size_t i = 0; i < device.peak.size(); ++i) {
    const auto arithmetic = static_cast<ArithmeticClass>(i);
    const auto& peak = device.peak[i];
    if (!peak) continue;
    const std::string path = fmt::format("peak.{}", text_of(arithmetic));
    // FP32 is the vector units' rate, whose clock differs from that of the matrix units.
    if (base && arithmetic != ArithmeticClass::Fp32 &&
        std::abs(over_power_of_two(*peak / *base) - 1.0) > kPeakRatioTolerance) {
      checker.fault(path,
                    fmt::format("is {:.3g} times 'peak.fp16', not a power of two", *peak / *base));
      continue;
    }
    if (!is_graphics || !device.cores || !device.clock) continue;
    const double per_core = peak->base() / *device.cores / device.clock->base();
    const double off = over_power_of_two(per_core);
    if (off < 1.0 - kPerCoreBelow || off > 1.0 + kPerCoreAbove) {
      checker.fault(path, fmt::format("is {:.1f} operations per core and clock, not a power of two "
                                      "(-{:.0f} to +{:.0f} %)",
                                      per_core, 100.0 * kPerCoreBelow, 100.0 * kPerCoreAbove));
    }
  }
}

void check_core_types(Checker& checker, const Device& device) {
  if (device.core_types.empty()) return;
  if (device.device_class != DeviceClass::Cpu) {
    checker.fault("core_types", "is for processors; other classes state 'cores' and 'peak'");
  }
  int count = 0;
  for (const CoreType& type : device.core_types) count += type.count;
  if (!device.cores || count != *device.cores) {
    checker.fault("core_types", fmt::format("add up to {} cores; 'cores' says {}", count,
                                            device.cores.value_or(0)));
  }
  const auto rate = [](const CoreType& type) { return type.clock.base() * type.macs; };
  for (std::size_t i = 1; i < device.core_types.size(); ++i) {
    if (rate(device.core_types[i]) > rate(device.core_types[i - 1])) {
      checker.fault("core_types", "must stand fastest first");
    }
  }
  const auto has_clock = [&](const CoreType& type) { return type.clock == device.clock; };
  if (device.clock && std::none_of(device.core_types.begin(), device.core_types.end(), has_clock)) {
    checker.fault("core_types", "have none with the clock that 'clock' states");
  }
}

void check_power_modes(Checker& checker, const Device& device) {
  for (const PowerMode& mode : device.power_modes) {
    try {
      in_power_mode(device, mode.name);
    } catch (const Error& error) {
      checker.fault("power_modes", fmt::format("'{}': {}", mode.name, error.what()));
    }
  }
}

/// Slower cores need less voltage, never more.
void check_clock_points(Checker& checker, const Device& device) {
  if (device.clock_points.empty()) return;
  if (!device.clock || device.clock_points.back().clock >= *device.clock) {
    checker.fault("clock_points", "must lie below 'clock'");
  }
  for (std::size_t i = 1; i < device.clock_points.size(); ++i) {
    const ClockPoint& before = device.clock_points[i - 1];
    const ClockPoint& point = device.clock_points[i];
    if (point.clock <= before.clock || point.energy < before.energy) {
      checker.fault("clock_points", "must rise in clock, and in energy or stay");
    }
  }
}

}  // namespace

std::vector<Fault> device_faults(const Device& device) {
  Checker checker(device);
  if (device.source.empty()) checker.plain_fault("'source' is empty; every fact needs one");
  if (device.name.empty()) checker.plain_fault("'name' is empty");
  check_range(checker, device, "memory.bandwidth", kLeastBandwidth, kMostBandwidth);
  check_range(checker, device, "memory.capacity", kLeastCapacity, kMostCapacity);
  check_range(checker, device, "clock", kLeastClock, kMostClock);
  check_range(checker, device, "power.tdp", 0.1, kMostPower);
  check_range(checker, device, "power.idle", 0.001, kMostPower);
  check_memory(checker, device);
  check_peaks(checker, device);
  check_core_types(checker, device);
  check_power_modes(checker, device);
  check_clock_points(checker, device);
  if (device.fast_cores && (!device.cores || *device.fast_cores > *device.cores)) {
    checker.fault("fast_cores", "is more than 'cores', which counts all of them");
  }
  if (device.idle && device.tdp && *device.idle > *device.tdp) {
    checker.fault("power.idle", "is above 'power.tdp'");
  }
  checker.check_unusual();
  return checker.take();
}

std::vector<Fault> device_folder_faults(const std::string& folder) {
  auto set = read_file_set<Device>(folder, read_device);
  for (const Device& device : set.things) {
    const auto faults = device_faults(device);
    set.faults.insert(set.faults.end(), faults.begin(), faults.end());
  }
  return std::move(set.faults);
}

}  // namespace foretoken::hwdb
