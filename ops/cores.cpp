#include "ops/cores.h"

#include <algorithm>
#include <vector>

namespace foretoken::ops {
namespace {

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

EngagedCores with_threads(const std::vector<hwdb::CoreType>& types, int threads, bool balanced) {
  const hwdb::CoreType& fastest = types.front();
  EngagedCores engaged{.macs = fastest.macs};
  double slowest = 1.0;
  double sum = 0.0;
  for (const hwdb::CoreType& type : types) {
    const double taken = std::min(threads - engaged.count, static_cast<double>(type.count));
    if (taken <= 0.0) break;
    slowest = type.clock / fastest.clock * type.macs / fastest.macs;
    sum += taken * slowest;
    engaged.count += taken;
  }
  engaged.clock = fastest.clock * (balanced ? sum : engaged.count * slowest);
  return engaged;
}

}  // namespace

Hertz clock_of(const hwdb::Device& device) {
  return device.clock.value_or(nominal_clock(device.device_class));
}

EngagedCores engaged_cores(const hwdb::Device& device, int threads, bool balanced) {
  EngagedCores engaged;
  if (!device.cores) return engaged;
  // A GPU row's thread count is of the host; only a CPU computes with it.
  const bool threaded = device.device_class == hwdb::DeviceClass::Cpu && threads > 0;
  if (device.core_types.empty()) {
    engaged.count = threaded ? std::min(*device.cores, threads) : *device.cores;
    engaged.clock = clock_of(device) * engaged.count;
    return engaged;
  }
  if (threaded) return with_threads(device.core_types, threads, balanced);
  int all = 0;
  for (const hwdb::CoreType& type : device.core_types) {
    all += type.count;
    const EngagedCores these = with_threads(device.core_types, all, balanced);
    if (engaged.clock < these.clock) engaged = these;
  }
  return engaged;
}

}  // namespace foretoken::ops
