#include "app/table.h"

#include <gtest/gtest.h>

#include "base/csv_table.h"

namespace foretoken::app {
namespace {

Table example() {
  Table table({{"name"}, {"t/s", Table::Align::Right}, {"fits"}});
  table.add({"a|b", "7.1", "yes"});
  table.add({"longer, \"name\"", "127", "yes"});
  return table;
}

TEST(Table, AlignsColumnsForPeople) {
  EXPECT_EQ(example().text(),
            "name            t/s  fits\n"
            "a|b             7.1  yes\n"
            "longer, \"name\"  127  yes\n");
}

TEST(Table, EscapesBarsInMarkdown) {
  EXPECT_EQ(example().markdown(),
            "| name | t/s | fits |\n"
            "| --- | ---: | --- |\n"
            "| a\\|b | 7.1 | yes |\n"
            "| longer, \"name\" | 127 | yes |\n");
}

TEST(Table, CsvIsReadBackAsItWas) {
  const CsvTable back = CsvTable::parse(example().csv(), "table");
  ASSERT_EQ(back.rows(), 2U);
  EXPECT_EQ(back.cell(1, back.column("name")), "longer, \"name\"");
  EXPECT_EQ(back.number(0, back.column("t/s")), 7.1);
}

TEST(Table, DropsColumnsThatSayTheSameEverywhere) {
  Table table = example();
  const auto dropped = table.drop_constant({"fits", "name", "absent"});
  ASSERT_EQ(dropped.size(), 1U);
  EXPECT_EQ(dropped[0], (std::pair<std::string, std::string>{"fits", "yes"}));
  EXPECT_EQ(table.text(),
            "name            t/s\n"
            "a|b             7.1\n"
            "longer, \"name\"  127\n");
}

TEST(Table, CountsCharactersNotBytes) {
  Table table({{"x"}, {"y"}});
  table.add({"\xc2\xb5s", "1"});
  table.add({"ms", "2"});
  EXPECT_EQ(table.text(), "x   y\n\xc2\xb5s  1\nms  2\n");
}

}  // namespace
}  // namespace foretoken::app
