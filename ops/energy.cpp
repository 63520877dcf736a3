#include "ops/energy.h"

#include <array>
#include <string_view>

#include "ops/load.h"

namespace foretoken::ops {
namespace {

struct MemoryEnergy {
  std::string_view type;  ///< a device's memory type begins so; longer names stand first
  double picojoules_per_bit;
};

// HBM2 3.9 and GDDR5 14: O'Connor et al., MICRO 2017 (activation, movement, I/O). HBM2e 4.3: SK
// hynix; HBM3e 20 % below, HBM3 between. GDDR6 7.5, GDDR6X 7.25: Micron product pages; GDDR5X and
// GDDR7: no source, taken between and beside their neighbours. LPDDR5X: 3.9 from the datasheet's
// maximum currents (Micron Y52P), of which DDR parts typically take 0.55 to 0.74; LPDDR4 and older
// and DDR4 4.5: interface expectations of the same surveys. DDR5: 218 mA a x8 part at 5600 MT/s,
// two thirds of it.
constexpr std::array<MemoryEnergy, 14> kMemoryEnergies{{{"HBM3e", 3.4},
                                                        {"HBM3", 3.7},
                                                        {"HBM2e", 4.3},
                                                        {"HBM", 3.9},
                                                        {"GDDR7", 6.0},
                                                        {"GDDR6X", 7.25},
                                                        {"GDDR6", 7.5},
                                                        {"GDDR5X", 10.0},
                                                        {"GDDR5", 14.0},
                                                        {"LPDDR5", 2.6},
                                                        {"LPDDR", 4.0},
                                                        {"DDR5", 3.6},
                                                        {"DDR4", 4.5},
                                                        {"DDR", 9.0}}};
constexpr double kOtherMemory = 4.5;

/// Where no rate is stated: the middle of devices that state one.
constexpr double kJoulesPerFlop = 2e-12;
constexpr double kJoulesPerLane = 10e-12;

}  // namespace

Joules memory_device_energy(const hwdb::Device& device) {
  constexpr double kJoulesPerByte = 8e-12;  // of a picojoule a bit
  for (const MemoryEnergy& memory : kMemoryEnergies) {
    if (device.memory.type.starts_with(memory.type)) {
      return Joules::of(memory.picojoules_per_bit * kJoulesPerByte);
    }
  }
  return Joules::of(kOtherMemory * kJoulesPerByte);
}

Joules rated_energy_per_flop(const hwdb::Device& device, ArithmeticClass arithmetic) {
  if (const auto peak = peak_rate(device, arithmetic)) {
    return Joules::of(rated_power(device).base() / peak->base());
  }
  return Joules::of(kJoulesPerFlop);
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
  return Joules::of(rate > 0.0 ? rated_power(device).base() / rate : kJoulesPerLane);
}

}  // namespace foretoken::ops
