#include "base/csv_table.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/csv_scan.h"
#include "base/gzip_file.h"
#include "base/suggest.h"
#include "base/text_file.h"

namespace foretoken {
namespace {

// A wrong separator makes every row ragged; the first few say it all.
constexpr std::size_t kMostFaults = 20;

std::vector<Fault> header_faults(const std::string& name, const std::vector<std::string>& header) {
  std::vector<Fault> faults;
  std::set<std::string> seen;
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (header[i].empty()) {
      faults.push_back({name, 1, 0, fmt::format("column {} has no name in the header", i + 1)});
    } else if (!seen.insert(header[i]).second) {
      faults.push_back({name, 1, 0, fmt::format("column '{}' appears twice", header[i])});
    }
  }
  return faults;
}

}  // namespace

CsvTable CsvTable::read(const std::string& path) {
  return parse(
      std::string_view(path).ends_with(".gz") ? read_gzip_file(path) : read_text_file(path), path);
}

CsvTable CsvTable::parse(std::string_view text, const std::string& name) {
  CsvTable table;
  table.name_ = name;
  CsvScanner scanner(text, name);
  std::vector<std::string> row;
  if (!scanner.next(table.header_)) {
    throw ConfigError({{name, 1, 0, "the file is empty; expected a header line"}});
  }
  std::vector<Fault> faults = header_faults(name, table.header_);
  while (scanner.next(row) && faults.size() < kMostFaults) {
    if (row.size() != table.header_.size()) {
      faults.push_back(
          {name, scanner.line(), 0,
           fmt::format("{} cells; the header has {}", row.size(), table.header_.size())});
      continue;
    }
    table.starts_.push_back(scanner.line());
    std::move(row.begin(), row.end(), std::back_inserter(table.cells_));
  }
  if (!faults.empty()) throw ConfigError(std::move(faults));
  return table;
}

std::optional<std::size_t> CsvTable::find_column(std::string_view column) const {
  const auto it = std::find(header_.begin(), header_.end(), column);
  if (it == header_.end()) return std::nullopt;
  return static_cast<std::size_t>(it - header_.begin());
}

std::size_t CsvTable::column(std::string_view column) const {
  if (const auto index = find_column(column)) return *index;
  throw ConfigError(
      {{name_, 1, 0, fmt::format("no column '{}'{}", column, did_you_mean(column, header_))}});
}

std::string_view CsvTable::cell(std::size_t row, std::size_t column) const {
  return cells_[row * header_.size() + column];
}

std::optional<double> CsvTable::number(std::size_t row, std::size_t column) const {
  const std::string_view text = cell(row, column);
  if (text.empty()) return std::nullopt;
  double value = 0.0;
  const char* const end = text.data() + text.size();
  const auto [stop, failed] = std::from_chars(text.data(), end, value);
  if (failed != std::errc() || stop != end || !std::isfinite(value)) {
    throw ConfigError({fault(row, column, fmt::format("must be a number; found '{}'", text))});
  }
  return value;
}

Fault CsvTable::fault(std::size_t row, std::size_t column, std::string message) const {
  return {name_, line(row), 0, fmt::format("column '{}': {}", header_[column], message)};
}

std::string csv_line(const std::vector<std::string>& cells) {
  // A line with nothing on it would read as no row at all.
  if (cells.size() == 1 && cells[0].empty()) return "\"\"\n";
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) line += ',';
    const std::string& cell = cells[i];
    const bool starts_like_mark = i == 0 && cell.starts_with("\xef\xbb\xbf");
    if (cell.find_first_of(",\"\r\n") == std::string::npos && !starts_like_mark) {
      line += cell;
      continue;
    }
    line += '"';
    for (const char c : cell) {
      if (c == '"') line += '"';
      line += c;
    }
    line += '"';
  }
  line += '\n';
  return line;
}

}  // namespace foretoken
