#include "base/suggest.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace foretoken {
namespace {

const std::vector<std::string> kKeys{"memory", "bandwidth", "clock", "cores"};
const std::vector<std::string> kDevices{"rtx-4090", "rtx-4090-laptop", "rtx-3090", "h200",
                                        "h100",     "mi300x"};

TEST(NearestName, FindsATypingSlip) {
  EXPECT_EQ(nearest_name("memmory", kKeys), "memory");
  EXPECT_EQ(nearest_name("bandwdith", kKeys), "bandwidth");
  EXPECT_EQ(nearest_name("core", kKeys), "cores");
}

TEST(NearestName, CaseAndPunctuationWeighLittle) {
  EXPECT_EQ(nearest_name("RTX_4090", kDevices), "rtx-4090");
  EXPECT_EQ(nearest_name("MI 300X", kDevices), "mi300x");
}

TEST(NearestName, APartOfANameMeansTheShortestThatHoldsIt) {
  EXPECT_EQ(nearest_name("4090", kDevices), "rtx-4090");
}

TEST(NearestName, IsSilentWhenNothingIsNear) {
  EXPECT_EQ(nearest_name("temperature", kKeys), "");
  EXPECT_EQ(nearest_name("", kKeys), "");
  EXPECT_EQ(nearest_name("x", kKeys), "");
  EXPECT_EQ(nearest_name("memory", {}), "");
  EXPECT_EQ(nearest_name(std::string(100000, 'm'), kKeys), "");
}

TEST(NearestName, TheFirstOfEquallyNearOnesWins) {
  EXPECT_EQ(nearest_name("h300", kDevices), "h200");
}

TEST(DidYouMean, IsAClauseOrNothing) {
  EXPECT_EQ(did_you_mean("memmory", kKeys), "; did you mean 'memory'?");
  EXPECT_EQ(did_you_mean("temperature", kKeys), "");
}

}  // namespace
}  // namespace foretoken
