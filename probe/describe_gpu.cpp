#include "probe/describe_gpu.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"

namespace foretoken::probe {
namespace {

constexpr double kMib = 1 << 20;

double rounded(double value, double step) { return std::round(value / step) * step; }

std::string or_unknown(const std::string& text) { return text.empty() ? "unknown" : text; }

/// Drivers write a company's full name.
std::string short_vendor(const std::string& vendor) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kVendors{
      {{"NVIDIA", "NVIDIA"},
       {"Advanced Micro Devices", "AMD"},
       {"AMD", "AMD"},
       {"Intel", "Intel"},
       {"Apple", "Apple"},
       {"QUALCOMM", "Qualcomm"},
       {"Qualcomm", "Qualcomm"},
       {"ARM", "Arm"}}};
  for (const auto& [part, name] : kVendors) {
    if (vendor.find(part) != std::string::npos) return std::string(name);
  }
  return or_unknown(vendor);
}

hwdb::DeviceClass class_of(const GpuFacts& facts) {
  if (facts.is_processor) return hwdb::DeviceClass::Cpu;
  return facts.integrated ? hwdb::DeviceClass::IntegratedGpu : hwdb::DeviceClass::Gpu;
}

bool has_peak(const hwdb::Device& device) {
  return std::any_of(device.peak.begin(), device.peak.end(),
                     [](const auto& peak) { return peak.has_value(); });
}

/// The very device, or the nearest in size of those with its instruction set; nullptr: none.
const hwdb::Device* most_alike(const GpuFacts& facts, std::span<const hwdb::Device> known,
                               const std::string& own_id) {
  const auto distance = [&](const hwdb::Device& device) {
    return std::abs(std::log(static_cast<double>(*device.cores) / facts.units));
  };
  const hwdb::Device* best = nullptr;
  for (const hwdb::Device& device : known) {
    if (device.id == own_id) return &device;
    if (facts.isa.empty() || device.isa != facts.isa || facts.units <= 0) continue;
    if (!device.cores || !device.clock || !has_peak(device)) continue;
    if (best == nullptr || distance(device) < distance(*best)) best = &device;
  }
  return best;
}

/// Width and rate as told, when the measurement is near their product.
void describe_bandwidth(const GpuFacts& facts, const Measured& measured, Description& described) {
  hwdb::MemoryFacts& memory = described.device.memory;
  constexpr double kTransfersACycle = 2.0;
  const double rate = kTransfersACycle * facts.memory_clock_hertz;
  const double told = facts.memory_bus_bits * rate / 8.0;
  const std::string reads =
      fmt::format("the fastest pass over memory read {:.1f} GB/s", measured.bandwidth / 1e9);
  constexpr double kLeastShare = 0.55;
  constexpr double kMostShare = 1.05;
  const double share = told > 0.0 ? measured.bandwidth / told : 0.0;
  if (told > 0.0 && (measured.bandwidth == 0.0 || (share >= kLeastShare && share <= kMostShare))) {
    memory.bus_bits = facts.memory_bus_bits;
    memory.transfers_per_second = rate;
    memory.bandwidth = BytesPerSecond::of(rounded(told, 1e8));
    described.origins["memory.bus_bits"] = "told by the driver";
    described.origins["memory.rate"] = "twice the memory clock that the driver tells";
    described.origins["memory.bandwidth"] =
        "width times rate; " + (measured.bandwidth > 0.0 ? "measured: " + reads : "not measured");
    return;
  }
  if (measured.bandwidth <= 0.0) {
    throw Error(
        fmt::format("the bandwidth of '{}' is not told and none was measured; give more --seconds",
                    facts.name));
  }
  memory.bandwidth = BytesPerSecond::of(std::max(1e9, rounded(measured.bandwidth, 1e8)));
  described.origins["memory.bandwidth"] =
      "measured: " + reads + "; a datasheet states more, put its figure here" +
      (told > 0.0 ? fmt::format(" (told: {} bits at {:.0f} MT/s, which does not fit)",
                                facts.memory_bus_bits, rate / 1e6)
                  : "");
}

void describe_memory(const GpuFacts& facts, const Measured& measured, const hwdb::Device* same,
                     Description& described) {
  hwdb::MemoryFacts& memory = described.device.memory;
  constexpr int kLeastStackedBits = 1024;  // a stack of HBM alone; boards of GDDR have at most 512
  if (same != nullptr) {
    memory.type = same->memory.type;
    described.origins["memory.type"] = "assumed: as the catalogue says of this device";
  } else {
    memory.type = facts.integrated || facts.is_processor       ? "DDR"
                  : facts.memory_bus_bits >= kLeastStackedBits ? "HBM"
                                                               : "GDDR";
    described.origins["memory.type"] = "assumed";
  }
  describe_bandwidth(facts, measured, described);
  if (facts.memory_bytes > 0) {
    memory.capacity = Bytes::of(rounded(static_cast<double>(facts.memory_bytes), kMib));
    described.origins["memory.capacity"] =
        facts.integrated || facts.is_processor
            ? "told by the driver: what it may use of the host's memory"
            : "told by the driver, less what it keeps";
  }
}

void describe_units(const GpuFacts& facts, const Measured& measured, Description& described) {
  hwdb::Device& device = described.device;
  // OpenCL's figure is some level's, not always the last one's.
  constexpr std::int64_t kLeastCache = 256 * 1024;
  if (facts.cache_bytes >= kLeastCache) {
    device.last_level_cache = Bytes::of(static_cast<double>(facts.cache_bytes));
    described.origins["last_level_cache"] =
        facts.backend == "cuda" ? "told by the driver"
                                : "told as the cache of global memory: some drivers mean another "
                                  "level, compare with a datasheet";
  }
  if (facts.units > 0) {
    device.cores = facts.units;
    described.origins["cores"] =
        facts.backend == "cuda"
            ? "told by the driver: multiprocessors"
            : "told by the driver: compute units; some drivers count two as one";
  }
  if (facts.clock_hertz > 0.0) {
    device.clock = Hertz::of(facts.clock_hertz);
    described.origins["clock"] =
        "told by the driver: the highest" +
        (measured.clock_hertz > 0.0
             ? fmt::format("; measured while reading: {:.0f} MHz", measured.clock_hertz / 1e6)
             : "");
  }
  if (facts.power_limit_watts > 0.0) {
    device.tdp = Watts::of(facts.power_limit_watts);
    described.origins["power.tdp"] = "told by NVML: the board's own limit";
  }
}

/// Operations a core and clock are those of a device alike.
void assume_peaks(const hwdb::Device& alike, Description& described) {
  hwdb::Device& device = described.device;
  if (!device.cores || !device.clock || !alike.cores || !alike.clock) return;
  const double scale = (*device.cores / static_cast<double>(*alike.cores)) *
                       (device.clock->base() / alike.clock->base());
  for (std::size_t i = 0; i < device.peak.size(); ++i) {
    if (alike.peak[i]) device.peak[i] = FlopsPerSecond::of(alike.peak[i]->base() * scale);
  }
  described.origins["peak"] =
      fmt::format("assumed: as many operations a core and clock as '{}' has", alike.id);
}

}  // namespace

Measured measured_of(const Findings& findings, const GpuFacts& facts) {
  // Several caches' worth; buffers below are of interest only where there is none above.
  const double least = std::max(64.0 * kMib, 4.0 * static_cast<double>(facts.cache_bytes));
  double largest = 0.0;
  for (const Sample& sample : findings.samples) {
    if (sample.kernel == Kernel::Read) largest = std::max(largest, sample.footprint);
  }
  Measured measured;
  for (const Sample& sample : findings.samples) {
    if (sample.kernel != Kernel::Read || sample.seconds <= 0.0) continue;
    if (sample.footprint < std::min(least, largest)) continue;
    const double bandwidth = sample.bytes / sample.seconds;
    if (bandwidth <= measured.bandwidth) continue;
    measured = {.bandwidth = bandwidth, .clock_hertz = sample.clock_hertz};
  }
  return measured;
}

Description describe_gpu(const GpuFacts& facts, const Measured& measured,
                         std::span<const hwdb::Device> known, const std::string& own_id,
                         const std::string& id) {
  Description described;
  hwdb::Device& device = described.device;
  const hwdb::Device* const alike = most_alike(facts, known, own_id);
  const hwdb::Device* const same = alike != nullptr && alike->id == own_id ? alike : nullptr;
  device.id = id.empty() ? own_id : id;
  device.name = or_unknown(facts.name);
  described.origins["name"] = "told by the driver";
  if (device.id != own_id) device.aliases.push_back(own_id);
  device.device_class = class_of(facts);
  device.vendor = same != nullptr ? same->vendor : short_vendor(facts.vendor);
  device.architecture = alike != nullptr ? alike->architecture : "unknown";
  described.origins["architecture"] =
      alike == nullptr ? "assumed: the catalogue has no device alike; name it if another has it"
                       : fmt::format("assumed: that of '{}'", alike->id);
  device.isa = facts.isa;
  if (!facts.isa.empty()) described.origins["isa"] = "told by the driver";
  device.confidence = hwdb::Confidence::Uncertain;
  described.origins["confidence"] = "some facts are measured or assumed: see each";
  device.source = "what the driver tells of this device, and a short measurement on it";
  device.notes =
      fmt::format("Driver {}, {}.", or_unknown(facts.driver), or_unknown(facts.platform));
  if (facts.is_processor) {
    device.notes += " A processor: 'foretoken probe --describe --backend cpu' tells more of it.";
  }
  describe_memory(facts, measured, same, described);
  describe_units(facts, measured, described);
  if (alike != nullptr) assume_peaks(*alike, described);
  return described;
}

}  // namespace foretoken::probe
