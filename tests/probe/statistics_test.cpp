#include "probe/statistics.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace foretoken::probe {
namespace {

TEST(Statistics, OfAFewValues) {
  const std::vector<double> values{5, 1, 4, 2, 3};
  EXPECT_EQ(median(values), 3.0);
  EXPECT_EQ(quantile(values, 0.0), 1.0);
  EXPECT_EQ(quantile(values, 1.0), 5.0);
  EXPECT_EQ(quantile(values, 0.125), 1.5);
  EXPECT_DOUBLE_EQ(quartile_spread(values), 1.0 / 3.0);
  EXPECT_EQ(median(std::vector<double>{1, 2}), 1.5);
  EXPECT_EQ(quartile_spread(std::vector<double>{7}), 0.0);
  EXPECT_EQ(quartile_spread(std::vector<double>{0, 0, 0}), 0.0);
}

TEST(Statistics, OneSlowTimingMovesNothing) {
  std::vector<double> values(11, 2.0);
  values[4] = 1e6;
  EXPECT_EQ(median(values), 2.0);
  EXPECT_EQ(quartile_spread(values), 0.0);
}

RC_GTEST_PROP(Statistics, DoNotDependOnOrderAndScale, (std::vector<std::uint16_t> numbers)) {
  RC_PRE(!numbers.empty());
  std::vector<double> values;
  for (const std::uint16_t number : numbers) values.push_back(1.0 + number);
  std::vector<double> other(values.rbegin(), values.rend());
  for (double& value : other) value *= 8.0;
  RC_ASSERT(median(other) == 8.0 * median(values));
  RC_ASSERT(quartile_spread(other) == quartile_spread(values));
  RC_ASSERT(quartile_spread(values) >= 0.0);
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  RC_ASSERT(*least <= median(values) && median(values) <= *most);
}

}  // namespace
}  // namespace foretoken::probe
