#include "probe/dmi_memory.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/probe/canned_module.h"

namespace foretoken::probe {
namespace {

TEST(MemoryModule, OfDdr5) {
  const auto module = parse_memory_module(canned::memory_module(0x22, 64, 5600, 5200));
  ASSERT_TRUE(module);
  EXPECT_EQ(module->type, "DDR5");
  EXPECT_EQ(module->data_bits, 64);
  EXPECT_EQ(module->transfers_per_second, 5200e6);
}

TEST(MemoryModule, WithoutAConfiguredRateHasItsOwn) {
  EXPECT_EQ(parse_memory_module(canned::memory_module(0x1a, 64, 3200, 0))->transfers_per_second,
            3200e6);
  // A structure of SMBIOS 2.3 ends before the configured rate.
  std::string old = canned::memory_module(0x1a, 64, 2933, 9999);
  old[1] = 0x1b;
  EXPECT_EQ(parse_memory_module(old)->transfers_per_second, 2933e6);
}

TEST(MemoryModule, EmptySlotsAndOtherStructuresAreNone) {
  std::string empty = canned::memory_module(0x1a, 64, 3200, 0);
  empty[0x0c] = empty[0x0d] = 0;
  EXPECT_FALSE(parse_memory_module(empty));
  EXPECT_FALSE(parse_memory_module(canned::memory_module(0x1a, 0xffff, 3200, 0)));
  EXPECT_FALSE(parse_memory_module(canned::memory_module(0x1a, 64, 0, 0)));
  std::string other = canned::memory_module(0x1a, 64, 3200, 0);
  other[0] = 16;
  EXPECT_FALSE(parse_memory_module(other));
  EXPECT_FALSE(parse_memory_module(""));
}

RC_GTEST_PROP(MemoryModule, TakesAnyBytes, (std::string bytes)) {
  parse_memory_module("\x11" + bytes);
}

}  // namespace
}  // namespace foretoken::probe
