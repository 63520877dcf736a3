#include "calibrate/decode_csv.h"

#include <algorithm>

#include "base/csv_table.h"
#include "calibrate/build_date.h"
#include "calibrate/csv_cells.h"
#include "calibrate/row_notes.h"

namespace foretoken::calibrate {
namespace {

DecodeRow read_row(CsvCells& cells, const CsvTable& table) {
  DecodeRow row;
  row.file = table.name();
  row.line = cells.line();
  row.row_id = cells.text("row_id");
  if (row.row_id.empty()) row.row_id = "line " + std::to_string(row.line);
  row.source = cells.text("source");
  row.device = cells.text("device");
  row.device_class = cells.text("device_class");
  row.n_devices = cells.number("n_devices").value_or(1.0);
  row.parallelism = cells.text("parallelism");
  row.runtime = cells.text("runtime");
  row.runtime_version = cells.text("runtime_version");
  row.threads = static_cast<int>(std::min(cells.number("threads").value_or(0.0), 4096.0));
  // The architecture id, where a file has one, says more than the name in the source.
  row.model = cells.text("arch_id");
  if (row.model.empty()) row.model = cells.text("model");
  row.weight_format = cells.text("weight_format");
  row.weight_bytes = cells.number("weight_bytes");
  row.kv_format = cells.text("kv_format");
  row.batch = cells.positive("batch").value_or(1.0);
  row.context_start = cells.number("context_start").value_or(0.0);
  row.gen_tokens = cells.number("gen_tokens").value_or(128.0);
  row.tokens_per_second = cells.number("decode_tok_s");
  if (const auto ms = cells.number("tpot_ms")) row.seconds_per_token = *ms * 1e-3;
  row.prefill_tokens = cells.number("prefill_tokens").value_or(0.0);
  row.batch_kind = static_cast<BatchKind>(
      cells.choice("batch_kind", {"running", "in-flight", "waves"}).value_or(0));
  row.time_kind =
      static_cast<TimeKind>(cells.choice("tpot_kind", {"step", "mean", "median"}).value_or(0));
  row.memory_bytes = cells.number("memory_bytes");
  row.power_watts = cells.positive("power_w");
  row.power_scope = cells.text("power_scope");
  row.joules_per_token = cells.positive("energy_j_per_tok");
  row.label = cells.labels("label", known_labels());
  row.notes = cells.text("notes");
  row.build_year = cells.date("build_date");
  if (!row.build_year) row.build_year = build_year_of(row.runtime, row.runtime_version);
  row.flash_attention = cells.flag("flash_attention");
  if (!row.flash_attention) row.flash_attention = flash_attention_in(row.notes);
  read_notes(row);
  if (!table.find_column("label")) row.label = labels_in(row);
  return row;
}

}  // namespace

std::vector<DecodeRow> read_decode_rows(const std::string& path) {
  return decode_rows_of(CsvTable::read(path));
}

std::vector<DecodeRow> decode_rows_of(const CsvTable& table) {
  for (const char* needed : {"device", "runtime", "model", "weight_format"}) table.column(needed);
  if (!table.find_column("decode_tok_s")) table.column("tpot_ms");
  std::vector<Fault> faults;
  CsvCells cells(table, faults);
  std::vector<DecodeRow> rows;
  rows.reserve(table.rows());
  for (std::size_t i = 0; i < table.rows(); ++i) {
    cells.select(i);
    rows.push_back(read_row(cells, table));
  }
  if (!faults.empty()) throw ConfigError(std::move(faults));
  return rows;
}

}  // namespace foretoken::calibrate
