#include "ops/energy.h"

#include <gtest/gtest.h>

namespace foretoken::ops {
namespace {

constexpr double kPico = 1e-12;

hwdb::Device gpu(const char* memory) {
  hwdb::Device device;
  device.memory.type = memory;
  device.memory.bandwidth = BytesPerSecond::of(1e12);
  device.energy = {.byte = Joules::of(30 * kPico),
                   .operation = Joules::of(2 * kPico),
                   .lane_operation = Joules::of(10 * kPico),
                   .watts_per_rate = 0.2e-9};
  return device;
}

TEST(RatedEnergy, OfAnOperationIsRatedPowerOverThePeak) {
  hwdb::Device device = gpu("HBM3");
  device.tdp = Watts::of(700.0);
  device.peak[static_cast<std::size_t>(ArithmeticClass::Fp16)] = FlopsPerSecond::of(1000e12);
  EXPECT_NEAR(rated_energy_per_flop(device, ArithmeticClass::Fp16).base(), 0.7 * kPico, 1e-18);
  // Without a rate of its own FP8 computes in FP16.
  EXPECT_NEAR(rated_energy_per_flop(device, ArithmeticClass::Fp8).base(), 0.7 * kPico, 1e-18);
  EXPECT_NEAR(rated_energy_per_flop(gpu("HBM3"), ArithmeticClass::Fp16).base(), 2 * kPico, 1e-18);
}

TEST(RatedEnergy, OfALaneTakesTheVectorRateOrTheCores) {
  hwdb::Device device = gpu("GDDR6");
  device.tdp = Watts::of(256.0);
  EXPECT_NEAR(rated_energy_per_lane(device).base(), 10 * kPico, 1e-18);
  device.cores = 10;
  device.clock = Hertz::of(1e9);
  EXPECT_NEAR(rated_energy_per_lane(device).base(), 100 * kPico, 1e-18);
  device.peak[static_cast<std::size_t>(ArithmeticClass::Fp32)] = FlopsPerSecond::of(32e12);
  EXPECT_NEAR(rated_energy_per_lane(device).base(), 8 * kPico, 1e-18);
  device.device_class = hwdb::DeviceClass::Cpu;
  device.core_types = {{.count = 8, .clock = Hertz::of(4e9), .macs = 32}};
  EXPECT_NEAR(rated_energy_per_lane(device).base(), 250 * kPico, 1e-18);
}

}  // namespace
}  // namespace foretoken::ops
