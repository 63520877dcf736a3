#include "probe/streams.h"

#include <cstring>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "probe/memory_pool.h"
#include "tests/probe/each_target.h"

namespace foretoken::probe {
namespace {

TEST(Streams, ReadSumsEveryWord) {
  MemoryPool pool(std::size_t{2} << 20U);
  std::vector<std::uint64_t> words(4096);
  std::iota(words.begin(), words.end(), std::uint64_t{1} << 60U);
  std::memcpy(pool.data(), words.data(), words.size() * sizeof words[0]);
  for_each_target([&] {
    for (const std::size_t bytes : {512U, 1024U, 32768U}) {
      const std::uint64_t expected = std::accumulate(
          words.begin(), words.begin() + static_cast<long>(bytes / 8), std::uint64_t{0});
      EXPECT_EQ(stream_read(pool.data(), bytes), expected) << bytes;
    }
  });
}

TEST(Streams, CopyWritesThoseBytesAndNoOthers) {
  MemoryPool pool(std::size_t{2} << 20U);
  for_each_target([&] {
    std::memset(pool.data(), 7, 4096);
    std::memset(pool.data() + 4096, 0, 4096);
    stream_copy(pool.data(), pool.data() + 4096, 1536);
    EXPECT_EQ(std::memcmp(pool.data(), pool.data() + 4096, 1536), 0);
    EXPECT_EQ(pool.data()[4096 + 1536], std::byte{0});
  });
}

}  // namespace
}  // namespace foretoken::probe
