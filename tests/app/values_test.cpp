#include "app/values.h"

#include <gtest/gtest.h>

#include "tests/support/thrown.h"

namespace foretoken::app {
namespace {

TEST(ListItems, TakesBlanksAroundItemsAway) {
  EXPECT_EQ(list_items("-c", "0, 4096 ,8192"), (std::vector<std::string>{"0", "4096", "8192"}));
}

TEST(ListItems, RefusesAnEmptyItem) {
  for (const char* text : {"", ",", "1,,2", "1,", " "}) {
    EXPECT_EQ(test::error_of([&] { list_items("-c", text); }),
              std::string("-c has an empty item in its list '") + text +
                  "'; expected values with one comma between them")
        << text;
  }
}

TEST(WholeNumber, ReadsTheEndsOfItsRange) {
  EXPECT_EQ(whole_number("-b", "1", {1, 64}), 1.0);
  EXPECT_EQ(whole_number("-b", "64", {1, 64}), 64.0);
}

TEST(WholeNumber, RefusesWhatIsNotOne) {
  for (const char* text :
       {"", "0", "65", "-1", "1.5", "nan", "inf", "1e999", "0x10", "3 ", "three"}) {
    EXPECT_EQ(test::error_of([&] {
                whole_number("-b", text, {1, 64});
              }),
              std::string("-b must be a whole number from 1 to 64; found '") + text + "'");
  }
}

TEST(PlainNumber, ReadsFractionsAndRefusesNan) {
  EXPECT_EQ(plain_number("--min-tps", "12.5", {0, 1e6}), 12.5);
  EXPECT_EQ(test::error_of([] {
              plain_number("--min-tps", "nan", {0, 100});
            }),
            "--min-tps must be a plain number from 0 to 100; found 'nan'");
}

}  // namespace
}  // namespace foretoken::app
