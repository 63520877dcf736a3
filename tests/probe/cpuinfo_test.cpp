#include "probe/cpuinfo.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/probe/canned_cpuinfo.h"

namespace foretoken::probe {
namespace {

TEST(CpuInfo, OfIntel) {
  const CpuInfo info = parse_cpuinfo(canned::kIntelHybrid);
  EXPECT_EQ(info.vendor_id, "GenuineIntel");
  EXPECT_EQ(info.model_name, "13th Gen Intel(R) Core(TM) i9-13900K");
  EXPECT_EQ(info.family, 6);
  EXPECT_EQ(info.model, 183);
  EXPECT_EQ(info.stepping, 1);
  EXPECT_EQ(info.processors, 4);
  EXPECT_TRUE(info.has_flag("avx_vnni"));
  EXPECT_FALSE(info.has_flag("avx512f"));
  EXPECT_TRUE(info.arm_cores.empty());
}

TEST(CpuInfo, OfArmWithTwoKindsOfCores) {
  const CpuInfo info = parse_cpuinfo(canned::kArmBigLittle);
  EXPECT_EQ(info.processors, 4);
  EXPECT_EQ(info.hardware, "Rockchip RK3588");
  ASSERT_EQ(info.arm_cores.size(), 4U);
  EXPECT_EQ(info.arm_cores[1].part, 0xd05U);
  EXPECT_EQ(info.arm_cores[2].part, 0xd0bU);
  EXPECT_EQ(info.arm_cores[2].implementer, 0x41U);
  EXPECT_TRUE(info.has_flag("asimddp"));
}

TEST(CpuInfo, OfRiscV) {
  const CpuInfo info = parse_cpuinfo(canned::kRiscV);
  EXPECT_EQ(info.isa, "rv64imafdcv_sscofpmf_sstc_svpbmt_zicbom");
  EXPECT_EQ(info.processors, 1);
}

TEST(CpuInfo, OfNothing) {
  EXPECT_EQ(parse_cpuinfo("").processors, 0);
  EXPECT_EQ(parse_cpuinfo("no colon\n:\n: x\nprocessor").processors, 0);
}

RC_GTEST_PROP(CpuInfo, TakesAnyText, (std::string text)) {
  RC_ASSERT(parse_cpuinfo(text).processors >= 0);
  parse_cpuinfo(canned::kArmBigLittle + text);
}

}  // namespace
}  // namespace foretoken::probe
