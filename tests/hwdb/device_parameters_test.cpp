#include "hwdb/device_parameters.h"

#include <limits>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/hwdb/faults_of.h"
#include "tests/hwdb/invented_devices.h"

namespace foretoken::hwdb {
namespace {

using testing::HasSubstr;

Device with(std::string_view change) {
  Device device = invented_device();
  apply_parameter(device, change);
  return device;
}

std::string refusal(std::string_view change) {
  return message_of([&] { with(change); });
}

TEST(DeviceParameters, SetAndScale) {
  EXPECT_DOUBLE_EQ(with("memory.bandwidth=1.2 TB/s").memory.bandwidth.base(), 1.2e12);
  EXPECT_DOUBLE_EQ(with("memory.bandwidth*=1.25").memory.bandwidth.base(), 1280e9);
  EXPECT_DOUBLE_EQ(with(" memory.bandwidth *= 0.5 ").memory.bandwidth.base(), 512e9);
  EXPECT_DOUBLE_EQ(with("power.tdp=75 W").tdp.value().base(), 75.0);
  EXPECT_DOUBLE_EQ(with("links.nvlink=450 GB/s").links.at(1).bandwidth.base(), 450e9);
  EXPECT_DOUBLE_EQ(with("links.pcie*=2").links.at(0).bandwidth.base(), 63e9);
  EXPECT_DOUBLE_EQ(with("launch_price_usd=500").launch_price_usd.value(), 500.0);
  EXPECT_DOUBLE_EQ(with("peak.int4=1 POPS").peak_of(ArithmeticClass::Int4).value().base(), 1e15);
}

TEST(DeviceParameters, FactsThatHangTogetherMoveTogether) {
  EXPECT_DOUBLE_EQ(with("memory.bandwidth*=2").memory.transfers_per_second.value(), 32e9);
  EXPECT_DOUBLE_EQ(with("memory.bus_bits=1024").memory.bandwidth.base(), 2048e9);
  EXPECT_DOUBLE_EQ(with("memory.rate=8000 MT/s").memory.bandwidth.base(), 512e9);
  const Device device = with("cores=150");
  EXPECT_EQ(device.cores, 150);
  EXPECT_DOUBLE_EQ(device.peak_of(ArithmeticClass::Fp16).value().base(), 307.2e12);
  EXPECT_DOUBLE_EQ(with("clock=1 GHz").peak_of(ArithmeticClass::Int8).value().base(), 204.8e12);
}

TEST(DeviceParameters, CoreTypesFollowCoresAndClock) {
  Device device = invented_device();
  device.core_types = {{.count = 40, .clock = Hertz::of(2e9), .macs = 64},
                       {.count = 60, .clock = Hertz::of(1e9), .macs = 32}};
  const auto changed = [&](const char* change) {
    Device copy = device;
    apply_parameter(copy, change);
    return copy.core_types;
  };
  ASSERT_EQ(changed("cores=70").size(), 2u);
  EXPECT_EQ(changed("cores=70")[1].count, 30);
  ASSERT_EQ(changed("cores=30").size(), 1u);
  EXPECT_EQ(changed("cores=30")[0].count, 30);
  EXPECT_EQ(changed("cores=150")[1].count, 110);
  EXPECT_DOUBLE_EQ(changed("clock=1 GHz")[0].clock.base(), 1e9);
  EXPECT_DOUBLE_EQ(changed("clock=1 GHz")[1].clock.base(), 0.5e9);
}

TEST(DeviceParameters, CountsAreWhole) {
  EXPECT_EQ(with("cores*=1.256").cores, 126);
  EXPECT_EQ(refusal("cores=1.5"),
            "'cores' must be a whole number above zero, without a unit; found '1.5'");
  EXPECT_EQ(refusal("cores=0"),
            "'cores' must be a whole number above zero, without a unit; found '0'");
}

TEST(DeviceParameters, EveryParameterSetsWhatItGets) {
  std::set<std::string_view> paths;
  for (const DeviceParameter& parameter : device_parameters()) {
    Device device = invented_device();
    parameter.set(device, 4096.0);
    EXPECT_DOUBLE_EQ(parameter.get(device).value(), 4096.0) << parameter.path;
    EXPECT_TRUE(paths.insert(parameter.path).second) << parameter.path;
    EXPECT_FALSE(parameter.summary.empty()) << parameter.path;
    EXPECT_EQ(&device_parameter(parameter.path), &parameter);
  }
}

TEST(DeviceParameters, RefusesWhatItCannotRead) {
  EXPECT_THAT(refusal("memory.bandwith*=2"),
              HasSubstr("no device parameter 'memory.bandwith'; did you mean 'memory.bandwidth'?"));
  EXPECT_THAT(refusal("zzzzzzzz=1"), HasSubstr("known are memory.bandwidth, memory.rate"));
  EXPECT_THAT(refusal("memory.bandwidth"), HasSubstr("found 'memory.bandwidth'"));
  EXPECT_THAT(refusal("=3"), HasSubstr("expected '<parameter>=<value>'"));
  EXPECT_THAT(refusal("memory.bandwidth=1200"), HasSubstr("found '1200'"));
  EXPECT_THAT(refusal("memory.bandwidth=1200 GB"),
              HasSubstr("'memory.bandwidth' must be a positive quantity with its unit"));
  EXPECT_THAT(refusal("memory.bandwidth=-1 GB/s"), HasSubstr("found '-1 GB/s'"));
}

TEST(DeviceParameters, RefusesFactorsThatAreNone) {
  for (const char* const factor : {"0", "-1", "nan", "inf", "1.25x", "", "1e400"}) {
    EXPECT_EQ(refusal(std::string("clock*=") + factor),
              std::string("the factor of 'clock' must be a finite number above zero; found '") +
                  factor + "'");
  }
  EXPECT_THAT(refusal("clock*=1e308"), HasSubstr("scaled by 1e+308 is out of range"));
  EXPECT_THAT(refusal("cores*=1e9"), HasSubstr("is out of range"));
}

TEST(PowerModes, ChangeWhatTheFileSays) {
  Device device = invented_device();
  device.power_modes = {{.name = "15W", .changes = {"clock*=0.5", "cores=50"}}};
  const Device slow = in_power_mode(device, "15W").value();
  EXPECT_EQ(slow.id, device.id);
  EXPECT_DOUBLE_EQ(slow.clock.value().base(), 1e9);
  EXPECT_DOUBLE_EQ(slow.peak_of(ArithmeticClass::Fp16).value().base(), 51.2e12);
  EXPECT_FALSE(in_power_mode(device, "7W").has_value());
}

TEST(DeviceParameters, WhatIsNotKnownCannotBeScaled) {
  const std::string text = refusal("memory.port*=2");
  EXPECT_THAT(text, HasSubstr("'memory.port' of device 'acme-one' is not known"));
  EXPECT_THAT(text, HasSubstr("set it with 'memory.port="));
}

}  // namespace
}  // namespace foretoken::hwdb
