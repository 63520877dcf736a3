#include "probe/system_text.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace foretoken::probe {
namespace {

using List = std::vector<int>;

TEST(CpuList, OfTheKernel) {
  EXPECT_EQ(parse_cpu_list("0-3,8,10-11\n"), (List{0, 1, 2, 3, 8, 10, 11}));
  EXPECT_EQ(parse_cpu_list("5"), List{5});
  EXPECT_EQ(parse_cpu_list(""), List{});
  EXPECT_EQ(parse_cpu_list("x"), List{});
  EXPECT_EQ(parse_cpu_list("1,x"), List{1});
  EXPECT_EQ(parse_cpu_list("3-1"), List{});
  EXPECT_EQ(parse_cpu_list("0-99999999999"), List{});
}

TEST(CacheSize, HasItsUnit) {
  EXPECT_EQ(parse_cache_size("32K"), 32768.0);
  EXPECT_EQ(parse_cache_size("32768K"), 33554432.0);
  EXPECT_EQ(parse_cache_size("4M"), 4194304.0);
  EXPECT_EQ(parse_cache_size("512"), 512.0);
  EXPECT_EQ(parse_cache_size("12Q"), std::nullopt);
  EXPECT_EQ(parse_cache_size(""), std::nullopt);
}

TEST(MemInfo, FindsItsKeyAlone) {
  const char* const text = "MemTotalX:  1 kB\nMemTotal:       24684536 kB\nMemFree: 7 kB\n";
  EXPECT_EQ(parse_meminfo(text, "MemTotal"), 24684536.0 * 1024);
  EXPECT_EQ(parse_meminfo(text, "MemFree"), 7168.0);
  EXPECT_EQ(parse_meminfo(text, "MemAvailable"), std::nullopt);
}

TEST(CpuMax, IsCoresWorthOfTime) {
  EXPECT_EQ(parse_cpu_max("150000 100000\n"), 1.5);
  EXPECT_EQ(parse_cpu_max("max 100000\n"), std::nullopt);
  EXPECT_EQ(parse_cpu_max("-1 100000"), std::nullopt);
  EXPECT_EQ(parse_cpu_max("100000 0"), std::nullopt);
  EXPECT_EQ(parse_cpu_max(""), std::nullopt);
}

TEST(ProcessorTime, CountsStolenTimeAsBusy) {
  const ProcessorTime time =
      parse_processor_time("cpu  100 20 30 1000 50 6 7 80 9 10\ncpu0 1 2 3 4 5 6 7 8 9 10\n");
  EXPECT_EQ(time.busy, 100 + 20 + 30 + 6 + 7 + 80);
  EXPECT_EQ(time.idle, 1050);
  EXPECT_EQ(time.stolen, 80);
  EXPECT_EQ(parse_processor_time("intr 5").busy, 0.0);
}

RC_GTEST_PROP(SystemText, TakesAnyText, (std::string text)) {
  for (const int cpu : parse_cpu_list(text)) RC_ASSERT(cpu >= 0);
  RC_ASSERT(parse_cache_size(text).value_or(0.0) >= 0.0);
  RC_ASSERT(parse_meminfo(text, "M").value_or(0.0) >= 0.0);
  RC_ASSERT(parse_cpu_max(text).value_or(1.0) > 0.0);
  RC_ASSERT(parse_processor_time("cpu " + text).busy >= 0.0);
}

}  // namespace
}  // namespace foretoken::probe
