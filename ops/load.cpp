#include "ops/load.h"

#include <algorithm>
#include <array>

namespace foretoken::ops {
namespace {

using enum ArithmeticClass;

/// Wider arithmetic that serves a format on devices without its own rate, in order of preference.
std::array<ArithmeticClass, 4> substitutes(ArithmeticClass arithmetic) {
  switch (arithmetic) {
    case Fp32:
      return {Fp32, Fp32, Fp32, Fp32};
    case Fp16:
      return {Fp16, Bf16, Fp32, Fp32};
    case Bf16:
      return {Bf16, Fp16, Fp32, Fp32};
    case Fp8:
      return {Fp8, Bf16, Fp16, Fp32};
    case Int8:
      return {Int8, Fp16, Bf16, Fp32};
    case Int4:
      return {Int8, Fp16, Bf16, Fp32};  // int4 weights multiply int8 or 16-bit activations
    case Fp4:
      return {Fp4, Fp8, Bf16, Fp16};
  }
  return {Fp32, Fp32, Fp32, Fp32};
}

/// Where a sheet states cores but no clock: what parts of the class run at.
Hertz nominal_clock(hwdb::DeviceClass device_class) {
  switch (device_class) {
    case hwdb::DeviceClass::Gpu:
      return Hertz::of(1.8e9);
    case hwdb::DeviceClass::IntegratedGpu:
      return Hertz::of(1.4e9);
    case hwdb::DeviceClass::Cpu:
      return Hertz::of(3e9);
    case hwdb::DeviceClass::Npu:
      return Hertz::of(1e9);
  }
  return Hertz::of(1e9);
}

constexpr double kCacheWithoutSheet = 1024.0 * 1024.0;

}  // namespace

BytesPerSecond engine_bandwidth(const hwdb::Device& device) {
  if (device.memory.port) return std::min(device.memory.bandwidth, *device.memory.port);
  return device.memory.bandwidth;
}

std::optional<FlopsPerSecond> peak_rate(const hwdb::Device& device, ArithmeticClass arithmetic) {
  for (const ArithmeticClass candidate : substitutes(arithmetic)) {
    if (const auto& peak = device.peak_of(candidate)) return peak;
  }
  return std::nullopt;
}

std::optional<BytesPerSecond> link_bandwidth(const hwdb::Device& device) {
  std::optional<BytesPerSecond> fastest;
  for (const hwdb::Link& link : device.links) {
    if (!fastest || *fastest < link.bandwidth) fastest = link.bandwidth;
  }
  return fastest;
}

double cached_share(std::optional<double> footprint_over_llc) {
  if (!footprint_over_llc) return 0.0;
  const double squared = *footprint_over_llc * *footprint_over_llc;
  return 1.0 / (1.0 + squared * squared);
}

Load load_of(const Demand& demand, double launches, const hwdb::Device& device,
             const Engagement& engagement) {
  Load load;
  load.launches = launches;
  const double cache =
      device.last_level_cache ? device.last_level_cache->base() : kCacheWithoutSheet;
  Bytes streamed = demand.weights + demand.kv + demand.state;
  if (demand.activations.base() > cache / 2.0) streamed += demand.activations;
  const BytesPerSecond bandwidth = engine_bandwidth(device);
  const double cached = engagement.has_cache_rate ? engagement.cached_share : 0.0;
  load.memory = streamed * (1.0 - cached) / bandwidth;
  load.cache = streamed * cached / bandwidth;
  const Hertz clock = device.clock.value_or(nominal_clock(device.device_class));
  if (device.cores) {
    int cores = *device.cores;
    // A GPU row's thread count is of the host; only a CPU computes with it.
    const bool threaded = device.device_class == hwdb::DeviceClass::Cpu;
    if (threaded && engagement.threads > 0) cores = std::min(cores, engagement.threads);
    // Bytes over cores and clock: seconds at one byte a clock and core.
    load.core = Seconds::of(demand.intake.base() / (static_cast<double>(cores) * clock.base()));
  }
  if (demand.flops.base() > 0.0) {
    if (const auto peak = peak_rate(device, demand.arithmetic)) load.flop = demand.flops / *peak;
  }
  load.serial = Seconds::of(demand.serial_steps / clock.base());
  if (demand.message.base() > 0.0) {
    if (const auto link = link_bandwidth(device)) load.link = demand.message / *link;
  }
  return load;
}

}  // namespace foretoken::ops
