#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/csv_table.h"

namespace foretoken {
namespace {

/// Texts that try the quoting: every byte but zero, the awkward ones often.
rc::Gen<std::string> any_cell() {
  const auto character =
      rc::gen::weightedOneOf<char>({{3, rc::gen::element(',', '"', '\n', '\r', ' ', '\xef')},
                                    {2, rc::gen::inRange<char>('a', 'z')},
                                    {1, rc::gen::nonZero<char>()}});
  return rc::gen::container<std::string>(character);
}

RC_GTEST_PROP(CsvProperty, TablesReadBackAsTheyWereWritten, ()) {
  const auto columns = *rc::gen::inRange<std::size_t>(1, 5);
  const auto rows = *rc::gen::container<std::vector<std::vector<std::string>>>(
      rc::gen::container<std::vector<std::string>>(columns, any_cell()));
  std::vector<std::string> header;
  for (std::size_t i = 0; i < columns; ++i) header.push_back("c" + std::to_string(i));
  std::string text = csv_line(header);
  for (const auto& row : rows) text += csv_line(row);

  const CsvTable table = CsvTable::parse(text, "x.csv");
  RC_ASSERT(table.header() == header);
  RC_ASSERT(table.rows() == rows.size());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (std::size_t column = 0; column < columns; ++column) {
      RC_ASSERT(table.cell(row, column) == rows[row][column]);
    }
  }
}

RC_GTEST_PROP(CsvProperty, AnyTextEndsInATableOrAConfigError, (const std::string& text)) {
  try {
    const CsvTable table = CsvTable::parse(text, "x.csv");
    RC_ASSERT(!table.header().empty());
  } catch (const ConfigError& error) {
    RC_ASSERT(!error.faults().empty());
  }
}

}  // namespace
}  // namespace foretoken
