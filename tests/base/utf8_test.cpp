#include "base/utf8.h"

#include <gtest/gtest.h>

namespace foretoken {
namespace {

TEST(Utf8, TellsCharactersFromOtherBytes) {
  EXPECT_EQ(utf8_length("a", 0), 1U);
  EXPECT_EQ(utf8_length("\xc3\xa9", 0), 2U);
  EXPECT_EQ(utf8_length("\xe2\x82\xac", 0), 3U);
  EXPECT_EQ(utf8_length("\xf0\x9f\x98\x80", 0), 4U);
  for (const char* bad : {"\x80", "\xc3", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80",
                          "\xf4\x90\x80\x80", "\xff", "\xf0\x9f\x98"}) {
    EXPECT_EQ(utf8_length(bad, 0), 0U);
  }
}

TEST(Utf8, PrintableTextHasNoControls) {
  EXPECT_TRUE(is_printable_utf8(""));
  EXPECT_TRUE(is_printable_utf8("blk.0 caf\xc3\xa9"));
  EXPECT_FALSE(is_printable_utf8("a\x1b[31m"));
  EXPECT_FALSE(is_printable_utf8("a\xc2\x9b"));  // a C1 control
  EXPECT_FALSE(is_printable_utf8("a\x7f"));
  EXPECT_FALSE(is_printable_utf8("a\xff"));
}

TEST(Utf8, MessagesShowTheBytesThatCannotBeShown) {
  EXPECT_EQ(printable("caf\xc3\xa9"), "caf\xc3\xa9");
  EXPECT_EQ(printable("a\xff\x1b"), "a\\xff\\x1b");
  EXPECT_EQ(printable("abcdef", 3), "abc...");
}

}  // namespace
}  // namespace foretoken
