#include <array>
#include <utility>

#include "base/csv_table.h"
#include "base/error.h"
#include "calibrate/decode_csv.h"
#include "calibrate/import_readers.h"
#include "calibrate/kernel_csv.h"
#include "calibrate/row_columns.h"

namespace foretoken::calibrate {
namespace {

/// Columns that hold something and that no row keeps.
template <typename Row>
std::vector<std::string> passed_over(const CsvTable& table) {
  std::vector<std::string> names;
  for (std::size_t column = 0; column < table.header().size(); ++column) {
    const std::string& name = table.header()[column];
    if (is_known_column<Row>(name)) continue;
    bool any = false;
    for (std::size_t row = 0; row < table.rows() && !any; ++row) {
      any = !table.cell(row, column).empty();
    }
    if (any) names.push_back(name);
  }
  return names;
}

}  // namespace

void add_own_csv(std::string_view text, const std::string& file, ForeignFile& result) {
  const CsvTable table = CsvTable::parse(text, file);
  result.tool = "foretoken";
  const auto provenance = [&](std::size_t row) {
    Provenance from;
    for (const ProvenanceColumn& column : provenance_columns()) {
      if (const auto index = table.find_column(column.name)) {
        from.*column.member = std::string(table.cell(row, *index));
      }
    }
    return from;
  };
  if (table.find_column("op") && table.find_column("latency_us")) {
    std::vector<KernelRow> rows = kernel_rows_of(table);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      result.kernels.push_back({.row = std::move(rows[i]), .devices = {}, .from = provenance(i)});
    }
    result.passed_over = passed_over<KernelRow>(table);
    return;
  }
  const bool has_id = table.find_column("row_id").has_value();
  std::vector<DecodeRow> rows = decode_rows_of(table);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!has_id || table.cell(i, table.column("row_id")).empty()) rows[i].row_id.clear();
    ForeignDecode found;
    found.row = std::move(rows[i]);
    found.own = true;
    found.from = provenance(i);
    result.decode.push_back(std::move(found));
  }
  result.passed_over = passed_over<DecodeRow>(table);
}

}  // namespace foretoken::calibrate
