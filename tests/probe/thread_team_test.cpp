#include "probe/thread_team.h"

#include <atomic>
#include <vector>

#include <gtest/gtest.h>

namespace foretoken::probe {
namespace {

TEST(ThreadTeam, RunsEveryRankOnce) {
  for (const int size : {1, 2, 3, 7}) {
    ThreadTeam team(size, 2);
    std::vector<int> runs(static_cast<std::size_t>(size));
    for (int job = 0; job < 50; ++job) {
      team.run([&](int rank) { ++runs[static_cast<std::size_t>(rank)]; });
    }
    EXPECT_EQ(runs, std::vector<int>(static_cast<std::size_t>(size), 50));
  }
}

TEST(ThreadTeam, NobodyPassesABarrierEarly) {
  constexpr int kSize = 5;
  constexpr int kRounds = 200;
  for (const int cores : {1, 8}) {
    ThreadTeam team(kSize, cores);
    std::atomic<int> arrived{0};
    std::atomic<int> early{0};
    team.run([&](int) {
      for (int round = 1; round <= kRounds; ++round) {
        arrived.fetch_add(1);
        team.barrier();
        if (arrived.load() < round * kSize) early.fetch_add(1);
        team.barrier();
      }
    });
    EXPECT_EQ(early.load(), 0);
    EXPECT_EQ(arrived.load(), kSize * kRounds);
  }
}

TEST(ThreadTeam, CanGoWithoutEverWorking) {
  for (int i = 0; i < 20; ++i) ThreadTeam team(4, 4);
}

}  // namespace
}  // namespace foretoken::probe
