#pragma once

/// Pipe tables of a text, as tools print and people post them, and the lines around them.

#include <string>
#include <string_view>
#include <vector>

#include "calibrate/import_record.h"

namespace foretoken::calibrate {

struct PlainLine {
  int line = 0;
  std::string_view text;
};

struct MarkdownRows {
  std::vector<ForeignRecord> records;  ///< cells by the heading of their column
  std::vector<PlainLine> others;       ///< lines outside of tables that are not empty
};

/// Throws ConfigError for a heading without a line of dashes below it, a row with another number of
/// cells than its heading, or a row that does not end in '|'.
MarkdownRows rows_of_markdown(std::string_view text, const std::string& file);

}  // namespace foretoken::calibrate
