#pragma once

/// The CSV door (RFC 4180: quoted fields, doubled quotes, line breaks inside quotes; CRLF
/// accepted). Plain or gzip-compressed (".gz"). Columns are found by name; faults name file and
/// line.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace foretoken {

class CsvTable {
 public:
  /// Throws Error when the file cannot be read, ConfigError for ragged rows, an unclosed quote, a
  /// duplicate or missing header, or a truncated gzip stream.
  static CsvTable read(const std::string& path);
  static CsvTable parse(std::string_view text, const std::string& name);

  std::size_t rows() const { return starts_.size(); }
  const std::vector<std::string>& header() const { return header_; }
  /// Index of a column, nullopt when absent.
  std::optional<std::size_t> find_column(std::string_view column) const;
  /// Index of a column; throws ConfigError with a suggestion when absent.
  std::size_t column(std::string_view column) const;

  std::string_view cell(std::size_t row, std::size_t column) const;
  /// Empty -> nullopt; not a finite number -> ConfigError with file, line and column name.
  std::optional<double> number(std::size_t row, std::size_t column) const;
  /// Line of the file where the row starts, from 1.
  int line(std::size_t row) const { return starts_[row]; }
  const std::string& name() const { return name_; }
  Fault fault(std::size_t row, std::size_t column, std::string message) const;

 private:
  std::string name_;
  std::vector<std::string> header_;
  std::vector<std::string> cells_;  // row-major
  std::vector<int> starts_;
};

/// One CSV line with quoting where needed and a final newline.
std::string csv_line(const std::vector<std::string>& cells);

}  // namespace foretoken
