#include "model/layer_pattern.h"

#include <string>

#include <gtest/gtest.h>

namespace foretoken::model {
namespace {

std::string letters(const std::string& pattern) { return expand_layer_pattern(pattern).letters; }
std::string error(const std::string& pattern) { return expand_layer_pattern(pattern).error; }

TEST(LayerPattern, RepeatsLettersAndGroups) {
  EXPECT_EQ(letters("A4"), "AAAA");
  EXPECT_EQ(letters("D2 E3"), "DDEEE");
  EXPECT_EQ(letters("(SSA)2 S"), "SSASSAS");
  EXPECT_EQ(letters("(M(DM)2A)2"), "MDMDMAMDMDMA");
  EXPECT_EQ(letters("A"), "A");
}

TEST(LayerPattern, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(error(""), "no layers at character 1");
  EXPECT_EQ(error("A4)"), "')' without its '(' at character 3");
  EXPECT_EQ(error("(A4"), "'(' is not closed at character 4");
  EXPECT_EQ(error("A*4"), "expected a letter or '(' and found '*' at character 2");
  EXPECT_EQ(error("A0"), "a repeat of 0 at character 3");
  EXPECT_EQ(error("()2"), "empty group at character 3");
  EXPECT_NE(error("A99999999999999999999"), "");
  EXPECT_NE(error("(A1000)1000"), "");
  EXPECT_NE(error(std::string(100, '(')), "");
  EXPECT_EQ(letters("A0"), "");
}

}  // namespace
}  // namespace foretoken::model
