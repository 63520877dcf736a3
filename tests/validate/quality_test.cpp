#include "validate/quality.h"

#include <gtest/gtest.h>

namespace foretoken::validate {
namespace {

TEST(KendallTau, CountsPairsThatTheMeasurementTellsApart) {
  std::size_t pairs = 0;
  const std::vector<double> tie(4, 0.05);
  EXPECT_EQ(kendall_tau({1, 2, 3, 4}, {10, 20, 30, 40}, tie, pairs), 1.0);
  EXPECT_EQ(pairs, 6u);
  EXPECT_EQ(kendall_tau({1, 2, 3, 4}, {40, 30, 20, 10}, tie, pairs), -1.0);
  // 1 and 1.04 are one measurement; whatever is foretold of them counts for nothing.
  EXPECT_EQ(kendall_tau({1, 1.04, 3, 4}, {20, 10, 30, 40}, tie, pairs), 1.0);
  EXPECT_EQ(pairs, 5u);
  // Foretold equal: neither right nor wrong, but asked.
  EXPECT_DOUBLE_EQ(kendall_tau({1, 2, 3, 4}, {10, 10, 30, 40}, tie, pairs), 5.0 / 6.0);
}

}  // namespace
}  // namespace foretoken::validate
