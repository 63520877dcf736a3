#include "probe/energy_counters.h"

#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace foretoken::probe {
namespace {

TEST(Joules, CountersStartAgain) {
  EXPECT_DOUBLE_EQ(joules_between(1000000, 3500000, 10000000), 2.5);
  EXPECT_DOUBLE_EQ(joules_between(9500000, 500000, 10000000), 1.0);
  EXPECT_EQ(joules_between(7, 7, 100), 0.0);
}

TEST(EnergyCounters, AddPackagesAndLeaveOutTheirParts) {
  const test::TempFolder folder;
  const auto write = [&](const std::string& zone, const char* name, const char* energy) {
    folder.write(zone + "/name", name);
    folder.write(zone + "/max_energy_range_uj", "100000000\n");
    folder.write(zone + "/energy_uj", energy);
  };
  write("intel-rapl:0", "package-0\n", "1000000\n");
  write("intel-rapl:1", "package-1\n", "99000000\n");
  write("intel-rapl:0:0", "core\n", "5\n");
  write("intel-rapl:2", "psys\n", "5\n");
  EnergyCounters counters(folder.path());
  ASSERT_FALSE(counters.empty());
  EXPECT_EQ(counters.joules(), 0.0);
  write("intel-rapl:0", "package-0\n", "3000000\n");
  write("intel-rapl:1", "package-1\n", "1000000\n");
  EXPECT_DOUBLE_EQ(counters.joules().value(), 4.0);
  EXPECT_DOUBLE_EQ(counters.joules().value(), 0.0);
  folder.write("intel-rapl:0/energy_uj", "");
  EXPECT_FALSE(counters.joules());
}

TEST(EnergyCounters, WithoutAnyTellNothing) {
  EnergyCounters counters("/nowhere");
  EXPECT_TRUE(counters.empty());
  EXPECT_FALSE(counters.joules());
}

}  // namespace
}  // namespace foretoken::probe
