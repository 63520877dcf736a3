#include "calibrate/csv_cells.h"

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
    if (!value || *value >= 0.0) return value;
    faults_.push_back(table_.fault(row_, *index,
                                   "'" + std::string(column) + "' must not be negative; found '" +
                                       std::string(table_.cell(row_, *index)) + "'"));
  } catch (const ConfigError& error) {
    faults_.insert(faults_.end(), error.faults().begin(), error.faults().end());
  }
  return std::nullopt;
}

}  // namespace foretoken::calibrate
