#pragma once

/// Splits CSV text into rows of cells (RFC 4180); private to the CSV door.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace foretoken {

class CsvScanner {
 public:
  /// `text` must outlive the scanner; `name` stands for the file in messages.
  CsvScanner(std::string_view text, const std::string& name);

  /// The next row, empty lines skipped; false at the end. Throws ConfigError for an unclosed quote,
  /// text after a closing quote, a quote inside an unquoted cell, or a zero byte.
  bool next(std::vector<std::string>& cells);
  /// Line where the last row started, from 1.
  int line() const { return row_line_; }

 private:
  std::string quoted_cell();
  std::string plain_cell();
  /// Steps over a line break of any kind; false when none is here.
  bool skip_line_break();
  [[noreturn]] void stop(int line, std::string message) const;

  std::string_view text_;
  std::string name_;
  std::size_t at_ = 0;
  int line_ = 1;
  int row_line_ = 1;
};

}  // namespace foretoken
