#include "probe/host.h"

#include <gtest/gtest.h>

#include "tests/probe/canned_host.h"

namespace foretoken::probe {
namespace {

TEST(Host, OfAHybridProcessor) {
  const test::TempFolder root;
  canned::write_hybrid(root);
  const Host host = read_host(root.path(), {});
  EXPECT_EQ(host.cpus.size(), 4U);
  EXPECT_EQ(thread_count(host), 4);
  EXPECT_EQ(core_count(host), 3);  // 0 and 1 are one core
  EXPECT_EQ(cache_bytes(host, 1), 48.0 * 1024);
  EXPECT_EQ(last_level_bytes(host), 36864.0 * 1024);
  EXPECT_EQ(host.memory_bytes, 1000000.0 * 1024);
  EXPECT_EQ(host.cpus[0].most_hertz, 5.8e9);
  EXPECT_FALSE(host.cpus[0].efficient);
  EXPECT_TRUE(host.cpus[3].efficient);
  EXPECT_FALSE(host.virtual_machine);
  EXPECT_EQ(host.modules.size(), 2U);
}

TEST(Host, OnlyWhatTheProcessMayUseCounts) {
  const test::TempFolder root;
  canned::write_hybrid(root);
  const Host host = read_host(root.path(), {2, 3});
  EXPECT_EQ(host.cpus.size(), 2U);
  EXPECT_EQ(core_count(host), 2);
  EXPECT_EQ(cache_bytes(host, 1), 32.0 * 1024);
}

TEST(Host, AContainersLimitsCount) {
  const test::TempFolder root;
  canned::write_hybrid(root);
  root.write("sys/fs/cgroup/cpu.max", "150000 100000\n");
  root.write("sys/fs/cgroup/memory.max", "1048576\n");
  const Host host = read_host(root.path(), {});
  EXPECT_EQ(host.quota, 1.5);
  EXPECT_EQ(core_count(host), 2);
  EXPECT_EQ(thread_count(host), 2);
  EXPECT_EQ(host.memory_bytes, 1048576.0);
  EXPECT_EQ(host.available_bytes, 1048576.0);
  const test::TempFolder old;
  old.write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "200000\n");
  old.write("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(read_host(old.path(), {}).quota, 2.0);
}

TEST(Host, CachesOfSeveralDiesAddUp) {
  const test::TempFolder root;
  root.write("sys/devices/system/cpu/online", "0-1");
  for (const char* cpu : {"0", "1"}) {
    const std::string cache = std::string("sys/devices/system/cpu/cpu") + cpu + "/cache/index3/";
    root.write(cache + "level", "3");
    root.write(cache + "type", "Unified");
    root.write(cache + "size", "32768K");
    root.write(cache + "shared_cpu_list", cpu);
  }
  const Host host = read_host(root.path(), {});
  EXPECT_EQ(last_level_bytes(host), 2.0 * 32768 * 1024);
  EXPECT_EQ(cache_bytes(host, 3), 32768.0 * 1024);
}

TEST(Host, OfASystemThatTellsNothing) {
  const test::TempFolder root;
  const Host host = read_host(root.path(), {});
  EXPECT_EQ(core_count(host), 1);
  EXPECT_EQ(last_level_bytes(host), 0.0);
  EXPECT_EQ(host.memory_bytes, 0.0);
  EXPECT_FALSE(host.quota);
}

TEST(Host, OfThisMachineIsUsable) {
  const Host host = read_host("", allowed_cpus());
  EXPECT_GE(core_count(host), 1);
  EXPECT_GE(thread_count(host), core_count(host));
  EXPECT_FALSE(machine_of(host).instruction_set.empty());
}

}  // namespace
}  // namespace foretoken::probe
