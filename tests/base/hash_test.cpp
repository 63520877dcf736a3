#include "base/hash.h"

#include <gtest/gtest.h>

namespace foretoken {
namespace {

// Reference values of FNV-1a, 64 bits: those of draft-eastlake-fnv.
static_assert(fnv1a("") == 0xcbf29ce484222325ULL);
static_assert(fnv1a("a") == 0xaf63dc4c8601ec8cULL);
static_assert(fnv1a("foobar") == 0x85944171f73967e8ULL);

TEST(Hash, CanBeContinued) { EXPECT_EQ(fnv1a("bar", fnv1a("foo")), fnv1a("foobar")); }

TEST(Hash, TextIsSixteenDigits) {
  EXPECT_EQ(hash_text(0x1fULL), "000000000000001f");
  EXPECT_EQ(hash_text(fnv1a("foobar")), "85944171f73967e8");
}

}  // namespace
}  // namespace foretoken
