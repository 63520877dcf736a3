#include "probe/memory_pool.h"

#include <vector>

#include <gtest/gtest.h>

#include "base/error.h"

namespace foretoken::probe {
namespace {

constexpr double kMiB = 1 << 20;

TEST(MemoryPool, PatternIsLaidEndToEndByAllParts) {
  MemoryPool pool(std::size_t{8} << 20U);
  std::vector<std::byte> pattern(1000003);  // no whole number of them fits a page
  for (std::size_t i = 0; i < pattern.size(); ++i) pattern[i] = static_cast<std::byte>(i * 7 / 3);
  for (std::size_t part = 0; part < 3; ++part) pool.fill(pattern, part, 3);
  for (std::size_t i = 0; i < pool.size(); i += 997) {
    ASSERT_EQ(pool.data()[i], pattern[i % pattern.size()]) << i;
  }
  EXPECT_EQ(pool.data()[pool.size() - 1], pattern[(pool.size() - 1) % pattern.size()]);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(pool.data()) % (2U << 20U), 0U);
}

TEST(MemoryPool, TooMuchIsAnError) { EXPECT_THROW(MemoryPool(std::size_t{1} << 60U), Error); }

TEST(PoolBytes, HaveBounds) {
  EXPECT_EQ(pool_bytes(128 * kMiB, 16384 * kMiB), std::size_t{128} << 20U);
  EXPECT_EQ(pool_bytes(9999 * kMiB, 65536 * kMiB), std::size_t{1} << 30U);
  EXPECT_EQ(pool_bytes(512 * kMiB, 1024 * kMiB), std::size_t{256} << 20U);
  EXPECT_EQ(pool_bytes(512 * kMiB, 0.0), std::size_t{16} << 20U);
  EXPECT_EQ(pool_bytes(3.1 * kMiB + 64 * kMiB, 1024 * kMiB), std::size_t{66} << 20U);
}

}  // namespace
}  // namespace foretoken::probe
