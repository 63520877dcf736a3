#include "ops/cores.h"

#include <gtest/gtest.h>

#include "tests/support/invented_device.h"

namespace foretoken::ops {
namespace {

/// 2 fast cores, 4 of half their rate, 4 of an eighth.
hwdb::Device three_types() {
  hwdb::Device cpu = test::invented_device({.device_class = "cpu", .cores = 10});
  cpu.core_types = {{.count = 2, .clock = Hertz::of(4e9), .macs = 64},
                    {.count = 4, .clock = Hertz::of(4e9), .macs = 32},
                    {.count = 4, .clock = Hertz::of(2e9), .macs = 16}};
  return cpu;
}

TEST(EngagedCores, WithoutTypesAreAlikeAndAsManyAsThreads) {
  const hwdb::Device cpu = test::invented_device({.device_class = "cpu", .cores = 10});
  EXPECT_DOUBLE_EQ(engaged_cores(cpu, 4, false).count, 4);
  EXPECT_DOUBLE_EQ(engaged_cores(cpu, 4, false).clock.base(), 4e9);
  EXPECT_DOUBLE_EQ(engaged_cores(cpu, 40, false).count, 10);
  EXPECT_DOUBLE_EQ(engaged_cores(cpu, 0, false).count, 10);
  EXPECT_DOUBLE_EQ(engaged_cores(cpu, 4, false).macs, 0);
}

TEST(EngagedCores, ThreadsOfAHostDoNotCountOnAGpu) {
  EXPECT_DOUBLE_EQ(engaged_cores(test::invented_device(), 4, false).count, 100);
}

TEST(EngagedCores, EvenSharesWaitForTheSlowestCore) {
  const hwdb::Device cpu = three_types();
  EXPECT_DOUBLE_EQ(engaged_cores(cpu, 2, false).clock.base(), 2 * 4e9);
  EXPECT_DOUBLE_EQ(engaged_cores(cpu, 3, false).clock.base(), 3 * 2e9);
  EXPECT_DOUBLE_EQ(engaged_cores(cpu, 10, false).clock.base(), 10 * 0.5e9);
  EXPECT_DOUBLE_EQ(engaged_cores(cpu, 10, false).macs, 64);
}

TEST(EngagedCores, SharedWorkAddsRatesUp) {
  EXPECT_DOUBLE_EQ(engaged_cores(three_types(), 3, true).clock.base(), 2 * 4e9 + 2e9);
  EXPECT_DOUBLE_EQ(engaged_cores(three_types(), 10, true).clock.base(), 8e9 + 8e9 + 2e9);
}

TEST(EngagedCores, UnsaidThreadsAreTheFastestNumber) {
  // 2 fast cores do 8, 6 do 12, all 10 do 5; where work is shared, all 10 do most.
  EXPECT_DOUBLE_EQ(engaged_cores(three_types(), 0, false).count, 6);
  EXPECT_DOUBLE_EQ(engaged_cores(three_types(), 0, true).count, 10);
}

TEST(EngagedCores, AreNoneWhereTheSheetStatesNone) {
  hwdb::Device device = test::invented_device();
  device.cores.reset();
  EXPECT_DOUBLE_EQ(engaged_cores(device, 4, false).count, 0);
}

}  // namespace
}  // namespace foretoken::ops
