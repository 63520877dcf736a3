#include "app/json_text.h"

#include <limits>

#include <gtest/gtest.h>

#include "base/quantity.h"

namespace foretoken::app {
namespace {

TEST(JsonNumber, WholeNumbersHaveNoPointAndNanIsNull) {
  EXPECT_EQ(json_number(4096.0).dump(), "4096");
  EXPECT_EQ(json_number(0.5).dump(), "0.5");
  EXPECT_EQ(json_number(std::numeric_limits<double>::quiet_NaN()).dump(), "null");
  EXPECT_EQ(json_number(std::numeric_limits<double>::infinity()).dump(), "null");
}

TEST(JsonEstimate, HoldsPointIntervalAndLevel) {
  const Estimate<Seconds> e{Seconds::of(0.5), Seconds::of(0.25), Seconds::of(1), 0.9};
  EXPECT_EQ(json_estimate(e).dump(), R"({"point":0.5,"lo":0.25,"hi":1,"level":0.9})");
}

TEST(JsonLine, TextThatIsNotUtf8IsReplaced) {
  EXPECT_EQ(json_line(Json("a\xff")), "\"a\xef\xbf\xbd\"\n");
}

}  // namespace
}  // namespace foretoken::app
