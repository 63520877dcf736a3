#include "calibrate/import_record.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "base/csv_table.h"
#include "base/error.h"

namespace foretoken::calibrate {

std::string ForeignRecord::text(std::string_view name) const {
  const auto cell = cells.find(name);
  return cell == cells.end() ? std::string() : cell->second;
}

std::optional<double> ForeignRecord::signed_number(std::string_view name) const {
  const auto cell = cells.find(name);
  if (cell == cells.end() || cell->second.empty()) return std::nullopt;
  const auto value = number_in(cell->second);
  if (!value) {
    stop(fmt::format("'{}' must be a number; found {}", name, in_quotes(cell->second)));
  }
  return value;
}

std::optional<double> ForeignRecord::number(std::string_view name) const {
  const auto value = signed_number(name);
  if (value && *value < 0.0) {
    stop(fmt::format("'{}' must not be negative; found {}", name, in_quotes(text(name))));
  }
  return value;
}

double ForeignRecord::required(std::string_view name) const {
  const auto value = number(name);
  if (!value) stop(fmt::format("'{}' is missing; expected a number", name));
  return *value;
}

void ForeignRecord::stop(std::string message) const { stop_at(file, line, std::move(message)); }

void RecordBudget::add(const ForeignRecord& record) {
  cells_ += record.cells.size();
  if (++rows_ > kMostRecords) record.stop(fmt::format("more than {} rows", kMostRecords));
  if (cells_ > kMostCells) record.stop(fmt::format("more than {} cells", kMostCells));
}

void stop_at(const std::string& file, int line, std::string message) {
  throw ConfigError({{file, line, 0, std::move(message)}});
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::optional<double> number_in(std::string_view text) {
  double value = 0.0;
  const char* const end = text.data() + text.size();
  const auto [stopped, failed] = std::from_chars(text.data(), end, value);
  if (failed != std::errc() || stopped != end || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::vector<ForeignRecord> records_of_csv(std::string_view text, const std::string& file) {
  const CsvTable table = CsvTable::parse(text, file);
  std::vector<ForeignRecord> records;
  records.reserve(table.rows());
  for (std::size_t row = 0; row < table.rows(); ++row) {
    ForeignRecord record{.file = file, .line = table.line(row), .cells = {}};
    for (std::size_t column = 0; column < table.header().size(); ++column) {
      record.cells[table.header()[column]] = std::string(table.cell(row, column));
    }
    records.push_back(std::move(record));
  }
  return records;
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  std::string shown = "'";
  for (const char c : text.substr(0, kLongest)) {
    const auto byte = static_cast<unsigned char>(c);
    shown += byte < 0x20 || byte == 0x7f ? '?' : c;
  }
  return shown + (text.size() > kLongest ? "...'" : "'");
}

}  // namespace foretoken::calibrate
