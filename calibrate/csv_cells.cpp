#include "calibrate/csv_cells.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/suggest.h"
#include "base/year.h"

namespace foretoken::calibrate {

std::string CsvCells::text(std::string_view column) const {
  const auto index = table_.find_column(column);
  return index ? std::string(table_.cell(row_, *index)) : std::string();
}

std::optional<double> CsvCells::number(std::string_view column) {
  const auto index = table_.find_column(column);
  if (!index) return std::nullopt;
  try {
    const auto value = table_.number(row_, *index);
    if (!value) return value;
    if (*value >= 0.0) return *value + 0.0;  // "-0" is 0
    fault(column, "must not be negative");
  } catch (const ConfigError& error) {
    faults_.insert(faults_.end(), error.faults().begin(), error.faults().end());
  }
  return std::nullopt;
}

std::optional<double> CsvCells::positive(std::string_view column) {
  const auto value = number(column);
  if (!value || *value > 0.0) return value;
  fault(column, "must be more than zero");
  return std::nullopt;
}

std::optional<bool> CsvCells::flag(std::string_view column) {
  constexpr std::array<std::pair<std::string_view, bool>, 8> kWords{{{"1", true},
                                                                     {"true", true},
                                                                     {"on", true},
                                                                     {"yes", true},
                                                                     {"0", false},
                                                                     {"false", false},
                                                                     {"off", false},
                                                                     {"no", false}}};
  const std::string word = text(column);
  if (word.empty()) return std::nullopt;
  for (const auto& [known, value] : kWords) {
    if (word == known) return value;
  }
  fault(column, "must be 1 or 0");
  return std::nullopt;
}

std::optional<std::size_t> CsvCells::choice(std::string_view column,
                                            const std::vector<std::string>& words) {
  const std::string word = text(column);
  if (word.empty()) return std::nullopt;
  const auto found = std::find(words.begin(), words.end(), word);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  faults_.push_back(table_.fault(row_, table_.column(column),
                                 "unknown word '" + word + "'" + did_you_mean(word, words)));
  return std::nullopt;
}

std::optional<double> CsvCells::date(std::string_view column) {
  const std::string words = text(column);
  if (words.empty()) return std::nullopt;
  const auto year = year_of(words);
  if (!year) fault(column, "must be a month like 2025-06 or a day like 2025-06-15");
  return year;
}

std::string CsvCells::labels(std::string_view column, const std::vector<Label>& known) {
  std::vector<std::string> names;
  for (const Label& label : known) names.emplace_back(label.name);
  const std::string text = this->text(column);
  for (const std::string& name : labels_of(text)) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    faults_.push_back(table_.fault(row_, table_.column(column),
                                   "unknown label '" + name + "'" + did_you_mean(name, names)));
  }
  return text;
}

void CsvCells::fault(std::string_view column, std::string_view expected) {
  faults_.push_back(table_.fault(row_, table_.column(column),
                                 std::string(expected) + "; found '" + text(column) + "'"));
}

}  // namespace foretoken::calibrate
