#include "hwdb/device_checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/hwdb/faults_of.h"
#include "tests/hwdb/invented_devices.h"

namespace foretoken::hwdb {
namespace {

using testing::HasSubstr;

std::string faults(const std::string& text) {
  return text_of(device_faults(parse_device(text, "acme-one.yaml")));
}

TEST(DeviceChecks, PassAConsistentDevice) { EXPECT_EQ(faults(kInventedText), ""); }

TEST(DeviceChecks, BandwidthIsWidthTimesRate) {
  EXPECT_EQ(faults(changed("1024 GB/s", "1 TB/s")), "");  // rounded by 2.4 %
  EXPECT_EQ(faults(changed("1024 GB/s", "980 GB/s")),
            "acme-one.yaml: 'memory.bandwidth' of 980.0 GB/s is not bus width x rate = 1.024 TB/s "
            "(within 3 %)\n");
}

TEST(DeviceChecks, PeaksStandAtPowersOfTwo) {
  EXPECT_EQ(faults(changed("409.6 TOPS", "300 TOPS")),
            "acme-one.yaml: 'peak.int8' is 1.46 times 'peak.fp16', not a power of two\n");
  const std::string half_cores = faults(changed("cores: 100", "cores: 70"));
  EXPECT_THAT(half_cores, HasSubstr("'peak.fp16' is 1462.9 operations per core and clock"));
  EXPECT_EQ(faults(changed("class: gpu", "class: npu", changed("cores: 100", "cores: 70"))), "");
}

TEST(DeviceChecks, UnusualFactsAreExcusedWithANote) {
  const std::string cut = changed("409.6 TOPS", "300 TOPS");
  EXPECT_EQ(faults(changed("source:", "unusual: [peak.int8]\nnotes: cut\nsource:", cut)), "");
  EXPECT_EQ(faults(changed("source:", "unusual: [peak.int8]\nsource:", cut)),
            "acme-one.yaml: 'unusual' is given without 'notes' that say why\n");
  EXPECT_EQ(faults(changed("source:", "unusual: [clock]\nnotes: n\nsource:")),
            "acme-one.yaml: 'unusual' lists 'clock', which breaks no rule; remove it\n");
}

TEST(DeviceChecks, SizesThatCannotBe) {
  EXPECT_THAT(faults(changed("24 GiB", "24 MiB")), HasSubstr("'memory.capacity' of"));
  EXPECT_THAT(faults(changed("2 GHz", "20 GHz")), HasSubstr("'clock' of 20.0 GHz is outside"));
  EXPECT_THAT(faults(changed("64 MiB", "64 GiB")),
              HasSubstr("'last_level_cache' is larger than the memory"));
  EXPECT_THAT(faults(changed("\"20 W\"", "\"400 W\"")),
              HasSubstr("'power.idle' is above 'power.tdp'"));
  EXPECT_THAT(faults(changed("cores: 100", "cores: 100\nfast_cores: 101")),
              HasSubstr("'fast_cores' is more than 'cores'"));
  EXPECT_THAT(faults(changed("capacity:", "port: \"2 TB/s\"\n  capacity:")),
              HasSubstr("'memory.port' is above the bandwidth"));
}

TEST(DeviceChecks, CoreTypesAddUpAndStandFastestFirst) {
  const auto with_types = [](std::vector<CoreType> types) {
    Device device = invented_device();
    device.device_class = DeviceClass::Cpu;
    device.cores = 6;
    device.clock = Hertz::of(2e9);
    device.core_types = std::move(types);
    return text_of(device_faults(device));
  };
  const CoreType fast{.count = 2, .clock = Hertz::of(2e9), .macs = 64};
  const CoreType slow{.count = 4, .clock = Hertz::of(1e9), .macs = 32};
  EXPECT_EQ(with_types({fast, slow}), "");
  EXPECT_THAT(with_types({slow, fast}), HasSubstr("'core_types' must stand fastest first"));
  EXPECT_THAT(with_types({fast}), HasSubstr("add up to 2 cores; 'cores' says 6"));
  const CoreType other{.count = 2, .clock = Hertz::of(3e9), .macs = 64};
  EXPECT_THAT(with_types({other, slow}), HasSubstr("have none with the clock"));
  Device gpu = invented_device();
  gpu.core_types = {{.count = 100, .clock = Hertz::of(2e9), .macs = 64}};
  EXPECT_THAT(text_of(device_faults(gpu)), HasSubstr("'core_types' is for processors"));
}

TEST(DeviceChecks, PowerModesChangeKnownParameters) {
  Device device = invented_device();
  device.power_modes = {{.name = "15W", .changes = {"clock=612 MHz"}}};
  EXPECT_EQ(text_of(device_faults(device)), "");
  device.power_modes = {{.name = "7W", .changes = {"clok=408 MHz"}}};
  EXPECT_THAT(text_of(device_faults(device)),
              HasSubstr("'power_modes' '7W': no device parameter 'clok'"));
}

TEST(DeviceChecks, ClockPointsRiseBelowTheClock) {
  Device device = invented_device();
  const auto faults = [&](std::vector<ClockPoint> points) {
    device.clock_points = std::move(points);
    return text_of(device_faults(device));
  };
  const ClockPoint slow{.clock = Hertz::of(0.5e9), .energy = 0.5, .source = "invented"};
  const ClockPoint middle{.clock = Hertz::of(1e9), .energy = 0.7, .source = "invented"};
  const ClockPoint full{.clock = Hertz::of(2e9), .energy = 1.0, .source = "invented"};
  EXPECT_EQ(faults({slow, middle}), "");
  EXPECT_THAT(faults({middle, slow}), HasSubstr("'clock_points' must rise in clock"));
  EXPECT_THAT(faults({slow, full}), HasSubstr("'clock_points' must lie below 'clock'"));
}

TEST(DeviceChecks, ASourceIsNeeded) {
  Device device = invented_device();
  device.source.clear();
  EXPECT_EQ(text_of(device_faults(device)),
            "acme-one.yaml: 'source' is empty; every fact needs one\n");
}

}  // namespace
}  // namespace foretoken::hwdb
