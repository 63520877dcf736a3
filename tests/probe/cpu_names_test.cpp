#include "probe/cpu_names.h"

#include <gtest/gtest.h>

#include "tests/probe/canned_cpuinfo.h"

namespace foretoken::probe {
namespace {

struct Expected {
  const char* name;
  const char* vendor;
  const char* architecture;
  const char* isa;
};

void expect(const std::string& text, const Expected& expected) {
  const CpuInfo info = parse_cpuinfo(text);
  EXPECT_EQ(device_name(info), expected.name);
  EXPECT_EQ(vendor_name(info), expected.vendor);
  EXPECT_EQ(x86_architecture(info), expected.architecture);
  EXPECT_EQ(isa_name(info), expected.isa);
}

TEST(CpuNames, OfSeveralMachines) {
  expect(canned::kIntelHybrid,
         {"13th Gen Intel Core i9-13900K", "Intel", "Raptor-Lake", "avx-vnni"});
  expect(canned::kIntelXeon, {"Intel Xeon Gold 6248", "Intel", "Cascade-Lake", "avx512-vnni"});
  expect(canned::kAmd, {"AMD Ryzen 9 7950X", "AMD", "Zen4", "avx512-vnni"});
  expect(canned::kAmdVirtual, {"AMD EPYC", "AMD", "Zen3", "avx2"});
  expect(canned::kArmBigLittle, {"Rockchip RK3588", "Arm", "", "armv8.2-dotprod"});
  expect(canned::kRiscV, {"Spacemit X60", "unknown", "", "rvv1.0"});
  expect("", {"processor", "unknown", "", ""});
}

TEST(CpuNames, OneModelNumberIsToldApartByItsStepping) {
  CpuInfo info{.vendor_id = "GenuineIntel", .family = 6, .model = 0x55, .stepping = 4};
  EXPECT_EQ(x86_architecture(info), "Skylake-SP");
  info.stepping = 11;
  EXPECT_EQ(x86_architecture(info), "Cooper-Lake");
}

TEST(CpuNames, OfArmCores) {
  EXPECT_EQ(arm_core_name({0x41, 0xd0b}), "Cortex-A76");
  EXPECT_EQ(arm_core_name({0xc0, 0xac3}), "AmpereOne");
  EXPECT_EQ(arm_core_name({0x41, 0xfff}), "");
}

TEST(Int8Macs, AgreeWithTheShippedDevices) {
  EXPECT_EQ(int8_macs("Zen3", "avx2", false), 32);
  EXPECT_EQ(int8_macs("Zen4", "avx512-vnni", false), 64);
  EXPECT_EQ(int8_macs("Zen5", "avx512-vnni", false), 128);
  EXPECT_EQ(int8_macs("Zen+", "avx2", false), 16);
  EXPECT_EQ(int8_macs("Haswell", "avx2", false), 16);
  EXPECT_EQ(int8_macs("Raptor-Lake", "avx-vnni", false), 64);
  EXPECT_EQ(int8_macs("Raptor-Lake", "avx-vnni", true), 32);
  EXPECT_EQ(int8_macs("Cortex-A76", "armv8.2-dotprod", false), 32);
  EXPECT_EQ(int8_macs("Cortex-A55", "armv8.2-dotprod", false), 16);
  EXPECT_EQ(int8_macs("", "avx2", false), 32);
  EXPECT_EQ(int8_macs("", "", false), 8);
}

}  // namespace
}  // namespace foretoken::probe
