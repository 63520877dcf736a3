#include "ops/energy.h"

#include "ops/load.h"

namespace foretoken::ops {
Joules rated_energy_per_flop(const hwdb::Device& device, ArithmeticClass arithmetic) {
  if (const auto peak = peak_rate(device, arithmetic)) {
    return Joules::of(rated_power(device).base() / peak->base());
  }
  return device.energy.operation;
}

Joules rated_energy_per_lane(const hwdb::Device& device) {
  double rate = 0.0;
  if (device.device_class == hwdb::DeviceClass::Cpu) {
    for (const hwdb::CoreType& core : device.core_types) {
      rate += core.count * core.clock.base() * core.macs;
    }
  } else if (const auto& fp32 = device.peak_of(ArithmeticClass::Fp32)) {
    rate = fp32->base();
  } else if (device.device_class == hwdb::DeviceClass::Npu) {
    if (const auto peak = peak_rate(device, ArithmeticClass::Int8)) rate = peak->base();
  } else if (device.cores && device.clock) {
    constexpr double kOpsPerCore = 256.0;  // 128 lanes, each a product and a sum
    rate = *device.cores * device.clock->base() * kOpsPerCore;
  }
  if (!(rate > 0.0)) return device.energy.lane_operation;
  return Joules::of(rated_power(device).base() / rate);
}

}  // namespace foretoken::ops
