#include "base/error.h"

#include <gtest/gtest.h>

namespace foretoken {
namespace {

TEST(Fault, TextLeavesOutWhatIsUnknown) {
  EXPECT_EQ((Fault{"a.yaml", 3, 7, "wrong"}).text(), "a.yaml:3:7: wrong");
  EXPECT_EQ((Fault{"a.yaml", 3, 0, "wrong"}).text(), "a.yaml:3: wrong");
  EXPECT_EQ((Fault{"a.yaml", 0, 0, "wrong"}).text(), "a.yaml: wrong");
  EXPECT_EQ((Fault{"", 0, 0, "wrong"}).text(), "wrong");
}

TEST(Error, ContextIsPrependedOutermostFirst) {
  Error error("no dataset 'values'");
  error.within("reading a.h5");
  error.within("calibrating 'x'");
  EXPECT_STREQ(error.what(), "calibrating 'x': reading a.h5: no dataset 'values'");
}

TEST(ConfigError, ListsEveryFaultInTheOrderOfItsPlace) {
  const ConfigError error({{"a", 9, 1, "last"}, {"a", 2, 5, "second"}, {"a", 2, 1, "first"}});
  EXPECT_STREQ(error.what(), "a:2:1: first\na:2:5: second\na:9:1: last");
  ASSERT_EQ(error.faults().size(), 3U);
  EXPECT_EQ(error.faults()[0].message, "first");
}

TEST(ConfigError, IsAnErrorThatTakesContext) {
  ConfigError error({{"a", 1, 1, "wrong"}});
  error.within("checking data");
  const Error& base = error;
  EXPECT_STREQ(base.what(), "checking data: a:1:1: wrong");
}

}  // namespace
}  // namespace foretoken
