#include "base/csv_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/thrown.h"

namespace foretoken {
namespace {

using test::config_error_of;
using testing::ElementsAre;
using testing::HasSubstr;

std::string fault_of(std::string_view text) {
  return config_error_of([&] { CsvTable::parse(text, "x.csv"); });
}

TEST(CsvTable, FindsCellsByColumnName) {
  const CsvTable table = CsvTable::parse("a,b\n1,x\n2,y\n", "x.csv");
  EXPECT_THAT(table.header(), ElementsAre("a", "b"));
  ASSERT_EQ(table.rows(), 2U);
  EXPECT_EQ(table.cell(1, table.column("b")), "y");
  EXPECT_EQ(table.number(0, table.column("a")), 1.0);
  EXPECT_EQ(table.find_column("c"), std::nullopt);
}

TEST(CsvTable, ReadsQuotesCommasAndLineBreaksInside) {
  const CsvTable table = CsvTable::parse("a,b\r\n\"x,\"\"y\"\"\r\nz\",2\r\n\"\",3\r\n", "x.csv");
  ASSERT_EQ(table.rows(), 2U);
  EXPECT_EQ(table.cell(0, 0), "x,\"y\"\r\nz");
  EXPECT_EQ(table.cell(1, 0), "");
  EXPECT_EQ(table.line(0), 2);
  EXPECT_EQ(table.line(1), 4);
}

TEST(CsvTable, TakesAByteOrderMarkEmptyLinesAndNoFinalNewline) {
  const CsvTable table = CsvTable::parse(
      "\xef\xbb\xbf"
      "a,b\n\n1,\n\n,2",
      "x.csv");
  EXPECT_THAT(table.header(), ElementsAre("a", "b"));
  ASSERT_EQ(table.rows(), 2U);
  EXPECT_EQ(table.cell(0, 1), "");
  EXPECT_EQ(table.cell(1, 1), "2");
  EXPECT_EQ(table.line(1), 5);
}

TEST(CsvTable, AnEmptyCellIsNoNumber) {
  const CsvTable table = CsvTable::parse("a,b\n,1e-3\n", "x.csv");
  EXPECT_EQ(table.number(0, 0), std::nullopt);
  EXPECT_EQ(table.number(0, 1), 1e-3);
}

TEST(CsvTable, WhatIsNoFiniteNumberIsAFault) {
  for (const std::string cell : {"x", "nan", "inf", "-inf", "1.5s", "1e999", "0x1", " 1", "1 "}) {
    const CsvTable table = CsvTable::parse("a,speed\n\n1," + cell + "\n", "x.csv");
    EXPECT_EQ(config_error_of([&] { table.number(0, 1); }),
              "x.csv:3: column 'speed': must be a number; found '" + cell + "'");
  }
}

TEST(CsvTable, RaggedRowsAreToldTogether) {
  EXPECT_EQ(fault_of("a,b\n1\n1,2\n1,2,3\n"),
            "x.csv:2: 1 cells; the header has 2\nx.csv:4: 3 cells; the header has 2");
}

TEST(CsvTable, AWrongSeparatorIsToldTwentyTimesAtMost) {
  std::string text = "a,b\n";
  for (int i = 0; i < 1000; ++i) text += "1;2\n";
  try {
    CsvTable::parse(text, "x.csv");
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.faults().size(), 20U);
  }
}

TEST(CsvTable, BadHeadersAreFaults) {
  EXPECT_EQ(fault_of(""), "x.csv:1: the file is empty; expected a header line");
  EXPECT_EQ(fault_of("\n\n"), "x.csv:1: the file is empty; expected a header line");
  EXPECT_EQ(fault_of("a,b,a\n"), "x.csv:1: column 'a' appears twice");
  EXPECT_EQ(fault_of("a,,b\n"), "x.csv:1: column 2 has no name in the header");
}

TEST(CsvTable, BadQuotesAreFaults) {
  EXPECT_EQ(fault_of("a\n1\n\"x\ny\n"), "x.csv:3: a quote is opened and never closed");
  EXPECT_THAT(fault_of("a\n\"x\"y\n"), HasSubstr("x.csv:2: text follows a closing quote"));
  EXPECT_THAT(fault_of("a\nx\"y\n"), HasSubstr("x.csv:2: a quote inside an unquoted cell"));
}

TEST(CsvTable, BinaryIsRefused) {
  EXPECT_THAT(fault_of(std::string_view("a\nx\0y\n", 6)), HasSubstr("x.csv:2: a zero byte"));
}

TEST(CsvTable, AMissingColumnIsToldWithTheNearest) {
  const CsvTable table = CsvTable::parse("decode_tok_s\n1\n", "x.csv");
  EXPECT_EQ(config_error_of([&] { table.column("decode_toks"); }),
            "x.csv:1: no column 'decode_toks'; did you mean 'decode_tok_s'?");
}

TEST(CsvLine, QuotesOnlyWhatNeedsIt) {
  EXPECT_EQ(csv_line({"a", "b c", "1,5", "x\"y", ""}), "a,b c,\"1,5\",\"x\"\"y\",\n");
  EXPECT_EQ(csv_line({""}), "\"\"\n");
}

}  // namespace
}  // namespace foretoken
