#include "tests/fuzz/import_target.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <utility>
#include <vector>

#include "base/csv_table.h"
#include "base/error.h"
#include "calibrate/decode_csv.h"
#include "calibrate/import_json.h"
#include "calibrate/import_readers.h"
#include "calibrate/import_sql.h"
#include "calibrate/kernel_csv.h"
#include "calibrate/row_columns.h"

namespace foretoken::test {
namespace {

using namespace calibrate;

const std::string kName = "fuzz";

void require(bool holds) {
  if (!holds) std::abort();
}

template <typename Row>
bool has_zero_byte(const Row& row) {
  const auto columns = columns_of<Row>();
  return std::any_of(columns.begin(), columns.end(), [&](const RowColumn<Row>& column) {
    return column.get_text != nullptr && column.get_text(row).find('\0') != std::string::npos;
  });
}

template <typename Row>
std::string csv_of(const Row& row) {
  std::vector<std::string> names;
  for (const auto& column : columns_of<Row>()) names.emplace_back(column.csv_name);
  return csv_line(names) + csv_line(csv_cells(row));
}

void check(const ForeignFile& file) {
  for (const ForeignDecode& found : file.decode) {
    DecodeRow row = found.row;
    if (row.row_id.empty()) row.row_id = "r";  // an import names every row
    require(row.batch > 0.0 && std::isfinite(row.batch) && row.context_start >= 0.0);
    if (!found.own) require(row.tokens_per_second.value_or(0.0) > 0.0 || row.seconds_per_token);
    if (has_zero_byte(row)) continue;
    const auto again = decode_rows_of(CsvTable::parse(csv_of(row), kName));
    require(again.size() == 1 && csv_cells(again[0]) == csv_cells(row));
  }
  for (const ForeignKernel& found : file.kernels) {
    const KernelRow& row = found.row;
    require(row.latency_seconds >= 0.0 && std::isfinite(row.latency_seconds));
    if (has_zero_byte(row)) continue;
    const auto again = kernel_rows_of(CsvTable::parse(csv_of(row), kName));
    require(again.size() == 1 && csv_cells(again[0]) == csv_cells(row));
  }
}

/// Everything of `part` behind what is in `whole`.
void append(ForeignFile part, ForeignFile& whole) {
  std::move(part.decode.begin(), part.decode.end(), std::back_inserter(whole.decode));
  std::move(part.kernels.begin(), part.kernels.end(), std::back_inserter(whole.kernels));
}

void require_named(const Error& error) {
  require(std::string_view(error.what()).starts_with(kName));
}

using AddRecords = void (*)(const std::vector<ForeignRecord>&, ForeignFile&);
using AddTable = void (*)(const MarkdownRows&, ForeignFile&);

template <AddRecords add>
void read_json(std::string_view text, const std::string& file, ForeignFile& result) {
  add(records_of_json(text, file), result);
}
template <AddRecords add>
void read_sql(std::string_view text, const std::string& file, ForeignFile& result) {
  add(rows_of_sql(text, file).records, result);
}
template <AddRecords add>
void read_csv(std::string_view text, const std::string& file, ForeignFile& result) {
  add(records_of_csv(text, file), result);
}
template <AddTable add>
void read_table(std::string_view text, const std::string& file, ForeignFile& result) {
  add(rows_of_markdown(text, file), result);
}
/// What is taken apart once goes to every tool.
template <auto... adds, typename Rows>
void add_each(const Rows& rows, ForeignFile& result) {
  const auto attempt = [&](auto add) {
    ForeignFile part;
    try {
      add(rows, part);
    } catch (const Error& error) {
      return require_named(error);
    }
    append(std::move(part), result);
  };
  (attempt(adds), ...);
}
void read_every_json(std::string_view text, const std::string& file, ForeignFile& result) {
  add_each<add_llama_bench, add_batched_bench, add_vllm, add_ollama_api>(
      records_of_json(text, file), result);
}
void read_every_sql(std::string_view text, const std::string& file, ForeignFile& result) {
  add_each<add_llama_bench, add_op_perf>(rows_of_sql(text, file).records, result);
}
void read_every_csv(std::string_view text, const std::string& file, ForeignFile& result) {
  add_each<add_llama_bench, add_op_perf>(records_of_csv(text, file), result);
  add_own_csv(text, file, result);
}
void read_every_table(std::string_view text, const std::string& file, ForeignFile& result) {
  add_each<add_llama_bench_table, add_batched_bench_table>(rows_of_markdown(text, file), result);
}

void read_console(std::string_view text, const std::string& file, ForeignFile& result) {
  add_op_perf(records_of_op_console(text, file), result);
}
void read_ollama(std::string_view text, const std::string& file, ForeignFile& result) {
  if (const auto seconds = go_duration(text)) require(*seconds >= 0.0);
  add_ollama(text, file, result);
}
void read_any(std::string_view text, const std::string& file, ForeignFile& result) {
  result = read_foreign_text(text, file);
}

constexpr std::array<ImportReader, 5> kWider{{
    {"any", read_any},
    {"json", read_every_json},
    {"sql", read_every_sql},
    {"csv", read_every_csv},
    {"table", read_every_table},
}};
constexpr std::array<ImportReader, 14> kReaders{{
    {"llama-bench-json", read_json<add_llama_bench>},
    {"llama-bench-csv", read_csv<add_llama_bench>},
    {"llama-bench-sql", read_sql<add_llama_bench>},
    {"llama-bench-table", read_table<add_llama_bench_table>},
    {"batched-bench-json", read_json<add_batched_bench>},
    {"batched-bench-table", read_table<add_batched_bench_table>},
    {"op-perf-csv", read_csv<add_op_perf>},
    {"op-perf-sql", read_sql<add_op_perf>},
    {"op-perf-console", read_console},
    {"vllm-json", read_json<add_vllm>},
    {"ollama-json", read_json<add_ollama_api>},
    {"ollama-text", read_ollama},
    {"llama-log", add_llama_log},
    {"own-csv", add_own_csv},
}};

}  // namespace

std::span<const ImportReader> import_readers() { return kReaders; }
std::span<const ImportReader> wider_readers() { return kWider; }

std::size_t run_import(const ImportReader& reader, std::string_view bytes) {
  ForeignFile file;
  try {
    reader.read(bytes, kName, file);
  } catch (const Error& error) {
    require_named(error);
    return 0;
  }
  check(file);
  return file.decode.size() + file.kernels.size();
}

}  // namespace foretoken::test
