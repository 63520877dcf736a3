#pragma once

/// Cells of one CSV row by column name, with the checks that every measurement file needs; faults
/// are collected, so that a file's mistakes are reported together.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/csv_table.h"
#include "calibrate/labels.h"

namespace foretoken::calibrate {

class CsvCells {
 public:
  CsvCells(const CsvTable& table, std::vector<Fault>& faults) : table_(table), faults_(faults) {}

  void select(std::size_t row) { row_ = row; }
  int line() const { return table_.line(row_); }

  /// "" when the column is absent.
  std::string text(std::string_view column) const;
  /// nullopt when the column is absent or the cell empty; a fault for a word or a negative figure.
  std::optional<double> number(std::string_view column);
  /// The same; zero is a fault too.
  std::optional<double> positive(std::string_view column);
  /// 1, true, on or yes; 0, false, off or no; a fault for anything else.
  std::optional<bool> flag(std::string_view column);
  /// Index of the cell's word in `words`; nullopt for an empty cell, a fault for any other word.
  std::optional<std::size_t> choice(std::string_view column, const std::vector<std::string>& words);
  /// A month or day as a year with a fraction; a fault for anything else.
  std::optional<double> date(std::string_view column);
  /// Labels, ";"-separated; a fault for each that is not known.
  std::string labels(std::string_view column, const std::vector<Label>& known);

 private:
  void fault(std::string_view column, std::string_view expected);

  const CsvTable& table_;
  std::vector<Fault>& faults_;
  std::size_t row_ = 0;
};

}  // namespace foretoken::calibrate
