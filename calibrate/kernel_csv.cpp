#include "calibrate/kernel_csv.h"

#include <algorithm>

#include "base/csv_table.h"
#include "calibrate/csv_cells.h"

namespace foretoken::calibrate {
namespace {

constexpr double kMostThreads = 4096;

KernelRow read_row(CsvCells& cells, const CsvTable& table) {
  const auto number = [&](std::string_view column) { return cells.number(column).value_or(0.0); };
  KernelRow row;
  row.file = table.name();
  row.line = cells.line();
  row.row_id = cells.text("row_id");
  row.source = cells.text("source");
  row.device = cells.text("device");
  row.runtime = cells.text("runtime");
  row.runtime_version = cells.text("runtime_version");
  row.kernel = cells.text("kernel");
  row.op = cells.text("op");
  row.weight_format = cells.text("weight_format");
  row.activation_format = cells.text("activation_format");
  row.kv_format = cells.text("kv_format");
  row.m = number("m");
  row.n = number("n");
  row.k = number("k");
  row.batch = number("batch");
  row.heads_q = number("heads_q");
  row.heads_kv = number("heads_kv");
  row.head_dim = number("head_dim");
  row.kv_len = number("kv_len");
  row.experts = number("experts");
  row.experts_active = number("experts_active");
  row.threads = static_cast<int>(std::min(number("threads"), kMostThreads));
  row.tp = cells.number("tp").value_or(1.0);
  row.ep = cells.number("ep").value_or(1.0);
  row.routing = cells.text("routing");
  row.latency_seconds = number("latency_us") * 1e-6;
  row.bytes = cells.number("bytes");
  row.footprint_over_llc = cells.number("footprint_over_llc");
  row.label = cells.labels("label", known_kernel_labels());
  row.notes = cells.text("notes");
  return row;
}

}  // namespace

std::vector<KernelRow> read_kernel_rows(const std::string& path) {
  return kernel_rows_of(CsvTable::read(path));
}

std::vector<KernelRow> kernel_rows_of(const CsvTable& table) {
  for (const char* needed : {"device", "runtime", "op", "latency_us"}) table.column(needed);
  std::vector<Fault> faults;
  CsvCells cells(table, faults);
  std::vector<KernelRow> rows;
  rows.reserve(table.rows());
  for (std::size_t i = 0; i < table.rows(); ++i) {
    cells.select(i);
    rows.push_back(read_row(cells, table));
  }
  if (!faults.empty()) throw ConfigError(std::move(faults));
  return rows;
}

}  // namespace foretoken::calibrate
