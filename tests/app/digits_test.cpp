#include "app/digits.h"

#include <gtest/gtest.h>

namespace foretoken::app {
namespace {

TEST(Decimals, FollowTheIntervalsHalfWidth) {
  EXPECT_EQ(decimals_for(127.3, 108, 143), 0);    // half width 17.5: units
  EXPECT_EQ(decimals_for(127.3, 125.6, 129), 1);  // half width 1.7: tenths
  EXPECT_EQ(decimals_for(127.3, 30, 500), -1);    // half width 235: tens
  EXPECT_EQ(decimals_for(7.87, 6.9, 9.2), 1);     // half width 1.2: tenths
}

TEST(Decimals, ShowTwoToFourSignificantDigits) {
  EXPECT_EQ(decimals_for(127.3, 127.2999, 127.3001), 1);
  EXPECT_EQ(decimals_for(127.3, 127.3, 127.3), 1);  // no interval at all
  EXPECT_EQ(decimals_for(1.2, 0, 5000), 1);
  EXPECT_EQ(decimals_for(0.0, 0, 0), 3);
}

TEST(Rounded, RoundsTensAwayForNegativeDecimals) {
  EXPECT_EQ(rounded(1234.5, -2), "1200");
  EXPECT_EQ(rounded(1250.1, -2), "1300");
  EXPECT_EQ(rounded(7.86, 1), "7.9");
}

TEST(Significant, NeverUsesAnExponent) {
  EXPECT_EQ(significant(4.687, 3), "4.69");
  EXPECT_EQ(significant(123456.0, 3), "123456");
  EXPECT_EQ(significant(0.001234, 2), "0.0012");
  EXPECT_EQ(significant(0.0, 3), "0.00");
}

TEST(MemoryText, PicksTheBinaryUnit) {
  EXPECT_EQ(memory_text(24.0 * 1073741824.0), "24.0 GiB");
  EXPECT_EQ(memory_text(512.0 * 1048576.0), "512 MiB");
  EXPECT_EQ(memory_text(100.0), "100 B");
}

TEST(ClockText, IsInMegahertz) {
  EXPECT_EQ(clock_text(2.52e9), "2520 MHz");
  EXPECT_EQ(clock_text(9.185e8), "918.5 MHz");
}

TEST(Percent, IsOfAFraction) {
  EXPECT_EQ(percent(0.586), "59 %");
  EXPECT_EQ(percent(0.0333, 1), "3.3 %");
}

}  // namespace
}  // namespace foretoken::app
