#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string>

#include "hwdb/device_parameters.h"

namespace foretoken::hwdb {
namespace {

template <typename Q>
std::optional<double> base_of(const std::optional<Q>& value) {
  if (!value) return std::nullopt;
  return value->base();
}

std::optional<double> base_of(const std::optional<int>& value) {
  if (!value) return std::nullopt;
  return static_cast<double>(*value);
}

int count_of(double value) {
  return static_cast<int>(std::lround(std::clamp(value, 1.0, kMostParameterCount)));
}

void scale_peaks(Device& device, double factor) {
  for (auto& peak : device.peak) {
    if (peak) *peak *= factor;
  }
}

void set_bandwidth(Device& device, double value) {
  if (device.memory.transfers_per_second) {
    *device.memory.transfers_per_second *= value / device.memory.bandwidth.base();
  }
  device.memory.bandwidth = BytesPerSecond::of(value);
}

void set_rate(Device& device, double value) {
  if (device.memory.transfers_per_second) {
    device.memory.bandwidth *= value / *device.memory.transfers_per_second;
  }
  device.memory.transfers_per_second = value;
}

void set_bus_bits(Device& device, double value) {
  const int bits = count_of(value);
  if (device.memory.bus_bits) {
    device.memory.bandwidth *= static_cast<double>(bits) / *device.memory.bus_bits;
  }
  device.memory.bus_bits = bits;
}

/// Fewer cores lose the slow ones; more of them are of the slowest type.
void resize_core_types(std::vector<CoreType>& types, int cores) {
  int left = cores;
  std::vector<CoreType> kept;
  for (CoreType type : types) {
    if (left == 0) break;
    type.count = std::min(type.count, left);
    left -= type.count;
    kept.push_back(type);
  }
  if (!kept.empty()) kept.back().count += left;
  types = std::move(kept);
}

void set_cores(Device& device, double value) {
  const int cores = count_of(value);
  if (device.cores) {
    const double factor = static_cast<double>(cores) / *device.cores;
    scale_peaks(device, factor);
    if (device.fast_cores) device.fast_cores = count_of(*device.fast_cores * factor);
  }
  device.cores = cores;
  resize_core_types(device.core_types, cores);
}

void set_clock(Device& device, double value) {
  if (device.clock) {
    const double factor = value / device.clock->base();
    scale_peaks(device, factor);
    for (CoreType& type : device.core_types) type.clock *= factor;
  }
  device.clock = Hertz::of(value);
}

template <ArithmeticClass C>
std::optional<double> get_peak(const Device& device) {
  return base_of(device.peak_of(C));
}

template <ArithmeticClass C>
void set_peak(Device& device, double value) {
  device.peak[static_cast<std::size_t>(C)] = FlopsPerSecond::of(value);
}

constexpr std::array<std::string_view, 3> kLinkKinds{"pcie", "nvlink", "infinity_fabric"};

template <std::size_t Kind>
std::optional<double> get_link(const Device& device) {
  for (const Link& link : device.links) {
    if (link.kind == kLinkKinds[Kind]) return link.bandwidth.base();
  }
  return std::nullopt;
}

template <std::size_t Kind>
void set_link(Device& device, double value) {
  for (Link& link : device.links) {
    if (link.kind != kLinkKinds[Kind]) continue;
    link.bandwidth = BytesPerSecond::of(value);
    return;
  }
  device.links.push_back(
      {.kind = std::string(kLinkKinds[Kind]), .bandwidth = BytesPerSecond::of(value)});
}

template <ArithmeticClass C>
constexpr DeviceParameter peak_parameter(std::string_view path, std::string_view summary) {
  return {.path = path,
          .dim = FlopsPerSecond::kDim,
          .whole = false,
          .summary = summary,
          .get = get_peak<C>,
          .set = set_peak<C>};
}

template <std::size_t Kind>
constexpr DeviceParameter link_parameter(std::string_view path, std::string_view summary) {
  return {.path = path,
          .dim = BytesPerSecond::kDim,
          .whole = false,
          .summary = summary,
          .get = get_link<Kind>,
          .set = set_link<Kind>};
}

constexpr std::array kParameters{
    DeviceParameter{
        .path = "memory.bandwidth",
        .dim = BytesPerSecond::kDim,
        .whole = false,
        .summary = "peak memory bandwidth; moves memory.rate",
        .get = [](const Device& d) -> std::optional<double> { return d.memory.bandwidth.base(); },
        .set = set_bandwidth},
    DeviceParameter{.path = "memory.rate",
                    .dim = Hertz::kDim,
                    .whole = false,
                    .summary = "transfers a second and pin; moves memory.bandwidth",
                    .get = [](const Device& d) { return d.memory.transfers_per_second; },
                    .set = set_rate},
    DeviceParameter{.path = "memory.bus_bits",
                    .dim = {},
                    .whole = true,
                    .summary = "width of the memory bus; moves memory.bandwidth",
                    .get = [](const Device& d) { return base_of(d.memory.bus_bits); },
                    .set = set_bus_bits},
    DeviceParameter{.path = "memory.capacity",
                    .dim = Bytes::kDim,
                    .whole = false,
                    .summary = "memory size",
                    .get = [](const Device& d) { return base_of(d.memory.capacity); },
                    .set = [](Device& d, double v) { d.memory.capacity = Bytes::of(v); }},
    DeviceParameter{.path = "memory.port",
                    .dim = BytesPerSecond::kDim,
                    .whole = false,
                    .summary = "what the engine's own port lets through",
                    .get = [](const Device& d) { return base_of(d.memory.port); },
                    .set = [](Device& d, double v) { d.memory.port = BytesPerSecond::of(v); }},
    DeviceParameter{.path = "last_level_cache",
                    .dim = Bytes::kDim,
                    .whole = false,
                    .summary = "size of the last level cache",
                    .get = [](const Device& d) { return base_of(d.last_level_cache); },
                    .set = [](Device& d, double v) { d.last_level_cache = Bytes::of(v); }},
    DeviceParameter{.path = "cores",
                    .dim = {},
                    .whole = true,
                    .summary = "SMs, CUs or cores; moves every peak and fast_cores",
                    .get = [](const Device& d) { return base_of(d.cores); },
                    .set = set_cores},
    DeviceParameter{.path = "fast_cores",
                    .dim = {},
                    .whole = true,
                    .summary = "cores of the fastest type",
                    .get = [](const Device& d) { return base_of(d.fast_cores); },
                    .set = [](Device& d, double v) { d.fast_cores = count_of(v); }},
    DeviceParameter{.path = "clock",
                    .dim = Hertz::kDim,
                    .whole = false,
                    .summary = "boost clock; moves every peak",
                    .get = [](const Device& d) { return base_of(d.clock); },
                    .set = set_clock},
    peak_parameter<ArithmeticClass::Fp32>("peak.fp32", "peak rate in FP32"),
    peak_parameter<ArithmeticClass::Fp16>("peak.fp16", "peak rate in FP16, dense"),
    peak_parameter<ArithmeticClass::Bf16>("peak.bf16", "peak rate in BF16, dense"),
    peak_parameter<ArithmeticClass::Fp8>("peak.fp8", "peak rate in FP8, dense"),
    peak_parameter<ArithmeticClass::Int8>("peak.int8", "peak rate in INT8, dense"),
    peak_parameter<ArithmeticClass::Int4>("peak.int4", "peak rate in INT4, dense"),
    peak_parameter<ArithmeticClass::Fp4>("peak.fp4", "peak rate in FP4, dense"),
    link_parameter<0>("links.pcie", "PCIe bandwidth, one direction"),
    link_parameter<1>("links.nvlink", "NVLink bandwidth, one direction"),
    link_parameter<2>("links.infinity_fabric", "Infinity Fabric bandwidth, one direction"),
    DeviceParameter{.path = "power.tdp",
                    .dim = Watts::kDim,
                    .whole = false,
                    .summary = "power limit",
                    .get = [](const Device& d) { return base_of(d.tdp); },
                    .set = [](Device& d, double v) { d.tdp = Watts::of(v); }},
    DeviceParameter{.path = "power.idle",
                    .dim = Watts::kDim,
                    .whole = false,
                    .summary = "idle power",
                    .get = [](const Device& d) { return base_of(d.idle); },
                    .set = [](Device& d, double v) { d.idle = Watts::of(v); }},
    DeviceParameter{.path = "launch_price_usd",
                    .dim = {},
                    .whole = false,
                    .summary = "price at launch, US dollars",
                    .get = [](const Device& d) { return d.launch_price_usd; },
                    .set = [](Device& d, double v) { d.launch_price_usd = v; }}};

}  // namespace

std::span<const DeviceParameter> device_parameters() { return kParameters; }

}  // namespace foretoken::hwdb
