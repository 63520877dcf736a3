#include "ops/load.h"

#include <algorithm>
#include <array>

#include "ops/cores.h"

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

/// Peak rate with the cores that take part. A processor states int8 products of its cores: the
/// arithmetic of quantized weights, whose activations are quantized too.
std::optional<FlopsPerSecond> engaged_peak(const hwdb::Device& device, const EngagedCores& cores,
                                           ArithmeticClass arithmetic) {
  if (cores.macs > 0.0) {
    if (arithmetic != Int8 && arithmetic != Int4) return std::nullopt;
    return FlopsPerSecond::of(2.0 * cores.macs * cores.clock.base());
  }
  return peak_rate(device, arithmetic);
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
  const EngagedCores cores = engaged_cores(device, engagement.threads, engagement.balanced);
  // Bytes over cores and clock: seconds at one byte a clock and core.
  if (cores.count > 0.0) load.core = Seconds::of(demand.intake.base() / cores.clock.base());
  if (demand.flops.base() > 0.0) {
    if (const auto peak = engaged_peak(device, cores, demand.rate())) {
      load.flop = demand.flops / *peak;
    }
  }
  load.serial = Seconds::of(demand.serial_steps / clock_of(device).base());
  if (demand.message.base() > 0.0) {
    if (const auto link = link_bandwidth(device)) load.link = demand.message / *link;
  }
  return load;
}

}  // namespace foretoken::ops
