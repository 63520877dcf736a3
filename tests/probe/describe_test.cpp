#include "probe/describe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hwdb/device_checks.h"
#include "hwdb/device_yaml.h"
#include "tests/probe/canned_host.h"

namespace foretoken::probe {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr Measured kMeasured{.bandwidth = 60.04e9, .clock_hertz = 3.4512e9};

/// The device as it is read from the text, which must break no rule.
hwdb::Device read_back(const Description& description) {
  const hwdb::Device device = hwdb::parse_device(device_yaml_text(description), "described");
  EXPECT_THAT(hwdb::device_faults(device), IsEmpty());
  return device;
}

TEST(Describe, AHybridProcessorWithModules) {
  const test::TempFolder root;
  canned::write_hybrid(root);
  const Description description = describe(read_host(root.path(), {}), kMeasured);
  const hwdb::Device device = read_back(description);
  EXPECT_EQ(device.id, "13th-gen-intel-core-i9-13900k");
  EXPECT_EQ(device.architecture, "Raptor-Lake");
  EXPECT_EQ(device.cores, 3);
  EXPECT_EQ(device.fast_cores, 1);
  ASSERT_EQ(device.core_types.size(), 2U);
  EXPECT_EQ(device.core_types[0].clock, Hertz::of(5.8e9));
  EXPECT_EQ(device.core_types[0].macs, 64.0);
  EXPECT_EQ(device.core_types[1].count, 2);
  EXPECT_EQ(device.memory.type, "DDR5");
  EXPECT_EQ(device.memory.bus_bits, 128);
  EXPECT_EQ(device.memory.bandwidth, BytesPerSecond::of(89.6e9));
  EXPECT_EQ(device.last_level_cache, Bytes::of(36864.0 * 1024));
}

TEST(Describe, ModulesThatShareAChannelCountHalf) {
  const test::TempFolder root;
  canned::write_hybrid(root);
  const Host host = read_host(root.path(), {});
  const Description described = describe(host, {.bandwidth = 35e9, .clock_hertz = 5e9});
  const hwdb::Device device = read_back(described);
  EXPECT_EQ(device.memory.bus_bits, 64);
  EXPECT_THAT(device_yaml_text(described), HasSubstr("assumed: two share a channel"));
  // Far from both, as in a container with one of many cores: only what was measured is sure.
  const hwdb::Device slow = read_back(describe(host, {.bandwidth = 9e9, .clock_hertz = 5e9}));
  EXPECT_FALSE(slow.memory.bus_bits);
  EXPECT_EQ(slow.memory.bandwidth, BytesPerSecond::of(9e9));
}

TEST(Describe, AVirtualMachine) {
  const test::TempFolder root;
  canned::write_virtual(root);
  const Description description = describe(read_host(root.path(), {}), kMeasured, "my-box");
  const hwdb::Device device = read_back(description);
  EXPECT_EQ(device.id, "my-box");
  EXPECT_THAT(device.aliases, testing::ElementsAre("amd-epyc-zen3-2c"));
  EXPECT_EQ(device.clock, Hertz::of(3.45e9));
  EXPECT_EQ(device.memory.bandwidth, BytesPerSecond::of(60e9));
  EXPECT_EQ(device.confidence, hwdb::Confidence::Uncertain);
  EXPECT_THAT(device.notes, HasSubstr("virtual machine"));
  const std::string text = device_yaml_text(description);
  EXPECT_THAT(text, HasSubstr("clock: \"3450 MHz\"  # measured"));
  EXPECT_THAT(text, HasSubstr("type: \"DDR\"  # assumed"));
}

TEST(Describe, ArmWithTwoKindsOfCores) {
  const test::TempFolder root;
  canned::write_big_little(root);
  const hwdb::Device device = read_back(describe(read_host(root.path(), {}), kMeasured));
  EXPECT_EQ(device.id, "rockchip-rk3588");
  EXPECT_EQ(device.architecture, "Cortex-A76/A55");
  EXPECT_EQ(device.isa, "armv8.2-dotprod");
  EXPECT_EQ(device.memory.type, "LPDDR");
  ASSERT_EQ(device.core_types.size(), 2U);
  EXPECT_EQ(device.core_types[0].macs, 32.0);
  EXPECT_EQ(device.core_types[1].clock, Hertz::of(1.8e9));
  EXPECT_EQ(device.fast_cores, 2);
  EXPECT_FALSE(device.last_level_cache);
}

TEST(Describe, PartOfAMachineHasAnIdOfItsOwn) {
  const test::TempFolder root;
  canned::write_big_little(root);
  EXPECT_EQ(device_id(read_host(root.path(), {2, 3})), "rockchip-rk3588-2c");
}

TEST(Describe, ASystemThatTellsNothing) {
  const test::TempFolder root;
  const hwdb::Device device =
      read_back(describe(read_host(root.path(), {}), {.bandwidth = 0.0, .clock_hertz = 1e9}));
  EXPECT_EQ(device.id, "processor-1c");
  EXPECT_EQ(device.cores, 1);
}

TEST(Describe, NamesCannotBreakTheFile) {
  const test::TempFolder root;
  root.write("proc/cpuinfo", "processor : 0\nmodel name : A \"B\" \\ #: {x}\t7\n");
  const hwdb::Device device = read_back(describe(read_host(root.path(), {}), kMeasured));
  EXPECT_EQ(device.name, "A \"B\" \\ #: {x} 7");
}

TEST(IdOfName, HasLettersDigitsAndDashes) {
  EXPECT_EQ(id_of_name("NVIDIA H100 PCIe"), "nvidia-h100-pcie");
  EXPECT_EQ(id_of_name("--a  (b)!"), "a-b");
  EXPECT_EQ(id_of_name(""), "");
}

}  // namespace
}  // namespace foretoken::probe
