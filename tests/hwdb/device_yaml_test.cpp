#include "hwdb/device_yaml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/hwdb/faults_of.h"
#include "tests/hwdb/invented_devices.h"

namespace foretoken::hwdb {
namespace {

using testing::HasSubstr;

std::string faults(const std::string& text) {
  return message_of([&] { parse_device(text, "acme-one.yaml"); });
}

TEST(DeviceYaml, ReadsEveryFact) {
  const Device device = invented_device();
  EXPECT_EQ(device.id, "acme-one");
  EXPECT_EQ(device.name, "Acme One");
  EXPECT_EQ(device.aliases, (std::vector<std::string>{"One", "acme 1"}));
  EXPECT_EQ(device.device_class, DeviceClass::Gpu);
  EXPECT_EQ(device.vendor, "Acme");
  EXPECT_EQ(device.architecture, "A1");
  EXPECT_EQ(device.isa, "a1");
  EXPECT_EQ(device.year, 2030);
  EXPECT_EQ(device.confidence, Confidence::Datasheet);
  EXPECT_EQ(device.memory.type, "GDDR9");
  EXPECT_EQ(device.memory.bus_bits, 512);
  EXPECT_DOUBLE_EQ(device.memory.transfers_per_second.value(), 16e9);
  EXPECT_DOUBLE_EQ(device.memory.bandwidth.base(), 1024e9);
  EXPECT_DOUBLE_EQ(device.memory.capacity.value().base(), 24.0 * 1073741824.0);
  EXPECT_FALSE(device.memory.ecc_costs_bandwidth);
  EXPECT_FALSE(device.memory.port.has_value());
  EXPECT_DOUBLE_EQ(device.last_level_cache.value().base(), 64.0 * 1048576.0);
  EXPECT_EQ(device.cores, 100);
  EXPECT_FALSE(device.fast_cores.has_value());
  EXPECT_DOUBLE_EQ(device.clock.value().base(), 2e9);
  EXPECT_DOUBLE_EQ(device.peak_of(ArithmeticClass::Fp16).value().base(), 204.8e12);
  EXPECT_DOUBLE_EQ(device.peak_of(ArithmeticClass::Int8).value().base(), 409.6e12);
  EXPECT_FALSE(device.peak_of(ArithmeticClass::Fp8).has_value());
  ASSERT_EQ(device.links.size(), 1u);
  EXPECT_EQ(device.links[0].kind, "pcie");
  EXPECT_DOUBLE_EQ(device.links[0].bandwidth.base(), 31.5e9);
  EXPECT_DOUBLE_EQ(device.tdp.value().base(), 300.0);
  EXPECT_DOUBLE_EQ(device.idle.value().base(), 20.0);
  EXPECT_DOUBLE_EQ(device.launch_price_usd.value(), 999.0);
}

TEST(DeviceYaml, CoresMayBeOfSeveralTypes) {
  const Device device = parse_device(
      "schema: 1\nid: x\nname: X\nclass: cpu\nvendor: Acme\narchitecture: A\n"
      "confidence: uncertain\nsource: invented\n"
      "memory: {type: LPDDR5, bandwidth: \"50 GB/s\"}\n"
      "cores: 6\ncore_types:\n  - {count: 2, clock: \"3 GHz\", int8_macs: 64}\n"
      "  - {count: 4, clock: \"1500 MHz\", int8_macs: 16}\n",
      "x.yaml");
  ASSERT_EQ(device.core_types.size(), 2u);
  EXPECT_EQ(device.core_types[1].count, 4);
  EXPECT_DOUBLE_EQ(device.core_types[1].clock.base(), 1.5e9);
  EXPECT_DOUBLE_EQ(device.core_types[1].macs, 16.0);
}

TEST(DeviceYaml, APowerModeIsAListOfChanges) {
  const Device device = parse_device(
      kInventedText + "power_modes:\n  - {name: 7W, set: [\"clock=408 MHz\"]}\n", "acme-one.yaml");
  ASSERT_EQ(device.power_modes.size(), 1U);
  EXPECT_EQ(device.power_modes[0].name, "7W");
  EXPECT_EQ(device.power_modes[0].changes, (std::vector<std::string>{"clock=408 MHz"}));
}

TEST(DeviceYaml, AClockPointIsAClockAndWhatCoresSpendThere) {
  const Device device = parse_device(
      kInventedText + "clock_points:\n  - {clock: \"1 GHz\", energy: 0.6, source: invented}\n",
      "acme-one.yaml");
  ASSERT_EQ(device.clock_points.size(), 1U);
  EXPECT_DOUBLE_EQ(device.clock_points[0].clock.base(), 1e9);
  EXPECT_DOUBLE_EQ(device.clock_points[0].energy, 0.6);
  EXPECT_EQ(device.clock_points[0].source, "invented");
}

TEST(DeviceYaml, FactsThatAreNotStatedAreAbsent) {
  const Device device = parse_device(
      "schema: 1\nid: x\nname: X\nclass: npu\nvendor: Acme\narchitecture: A\n"
      "confidence: uncertain\nsource: invented\n"
      "memory: {type: LPDDR5, bandwidth: \"50 GB/s\"}\n",
      "x.yaml");
  EXPECT_EQ(device.device_class, DeviceClass::Npu);
  EXPECT_FALSE(device.memory.capacity || device.cores || device.clock || device.tdp ||
               device.last_level_cache || device.year || device.launch_price_usd);
}

TEST(DeviceYaml, NamesAnUnknownKeyAndTheOneMeant) {
  const std::string text = faults(changed("cores: 100", "coers: 100"));
  EXPECT_THAT(text, HasSubstr("acme-one.yaml:19:"));
  EXPECT_THAT(text, HasSubstr("coers"));
  EXPECT_THAT(text, HasSubstr("did you mean 'cores'?"));
}

TEST(DeviceYaml, WantsUnits) {
  EXPECT_THAT(faults(changed("\"1024 GB/s\"", "1024")), HasSubstr("'memory.bandwidth'"));
  EXPECT_THAT(faults(changed("\"1024 GB/s\"", "\"1024 GB\"")), HasSubstr("'memory.bandwidth'"));
  EXPECT_THAT(faults(changed("\"300 W\"", "\"-300 W\"")), HasSubstr("'power.tdp'"));
}

TEST(DeviceYaml, CollectsAllFaultsOfAFile) {
  std::string text = changed("class: gpu", "class: gpo");
  text = changed("cores: 100", "cores: 0", text);
  text = changed("source: invented\n", "", text);
  const std::string message = faults(text);
  EXPECT_THAT(message, HasSubstr("gpo"));
  EXPECT_THAT(message, HasSubstr("cores"));
  EXPECT_THAT(message, HasSubstr("source"));
}

TEST(DeviceYaml, RefusesAnotherSchema) {
  EXPECT_THAT(faults(changed("schema: 1", "schema: 2")), HasSubstr("schema"));
}

TEST(DeviceYaml, ClassAndConfidenceTextsGoBothWays) {
  for (int i = 0; i < kDeviceClasses; ++i) {
    const auto c = static_cast<DeviceClass>(i);
    EXPECT_EQ(device_class_of(text_of(c)), c);
  }
  EXPECT_EQ(text_of(DeviceClass::IntegratedGpu), "igpu");
  EXPECT_FALSE(device_class_of("GPU").has_value());
  EXPECT_EQ(confidence_of("recalled"), Confidence::Recalled);
  EXPECT_FALSE(confidence_of("").has_value());
}

TEST(DeviceYaml, ReadsBatteryAndWhatAWarmMachineSustains) {
  const std::string both =
      "\nbattery: {energy: \"16.5 Wh\", confidence: recalled, source: a page}\n"
      "sustained_power: {budget: \"4.7 W\", low: \"4 W\", scope: board, delay: \"20 s\", "
      "delay_high: \"33 s\", source: curves}\n";
  const Device device = parse_device(kInventedText + both, "acme-one.yaml");
  EXPECT_DOUBLE_EQ(device.battery.value().energy.base(), 16.5 * 3600);
  EXPECT_EQ(device.battery->confidence, Confidence::Recalled);
  const SustainedPower& power = device.sustained.value();
  EXPECT_DOUBLE_EQ(power.budget.base(), 4.7);
  EXPECT_DOUBLE_EQ(power.low.base(), 4);
  EXPECT_DOUBLE_EQ(power.high.base(), 4.7);  // not stated: the budget
  EXPECT_EQ(power.scope, "board");
  EXPECT_DOUBLE_EQ(power.delay_low.base(), 20);
  EXPECT_DOUBLE_EQ(power.delay_high.base(), 33);
  EXPECT_FALSE(invented_device().battery.has_value());
  EXPECT_FALSE(invented_device().sustained.has_value());
}

TEST(DeviceYaml, ABudgetOutsideOfItsOwnRangeIsAFault) {
  const std::string text = faults(
      kInventedText + std::string("\nsustained_power: {budget: \"9 W\", high: \"5 W\", scope: soc, "
                                  "delay: \"20 s\", delay_low: \"30 s\", source: s}\n"));
  EXPECT_THAT(text, HasSubstr("'sustained_power.budget' must lie between"));
  EXPECT_THAT(text, HasSubstr("'sustained_power.delay' must lie between"));
}

}  // namespace
}  // namespace foretoken::hwdb
