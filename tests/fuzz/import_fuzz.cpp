// Whatever bytes a file has, a reader ends with rows or with an Error, and rows survive the CSV.
// Run: import_fuzz [--reader=NAME] tests/fuzz/corpus/import

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "calibrate/decode_csv.h"
#include "calibrate/import_file.h"
#include "calibrate/import_json.h"
#include "calibrate/import_op_params.h"
#include "calibrate/import_readers.h"
#include "calibrate/import_sql.h"
#include "calibrate/kernel_csv.h"
#include "calibrate/row_columns.h"

namespace {

using namespace foretoken;
using namespace foretoken::calibrate;

const std::string kName = "fuzz";

void must(bool holds) {
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
std::string one_row_csv(const Row& row) {
  std::vector<std::string> names;
  for (const auto& column : columns_of<Row>()) names.emplace_back(column.csv_name);
  return csv_line(names) + csv_line(csv_cells(row));
}

/// What every row promises, and that a CSV gives it back.
void check(const ForeignFile& file) {
  for (const ForeignDecode& found : file.decode) {
    DecodeRow row = found.row;
    if (row.row_id.empty()) row.row_id = "r";  // an import names every row
    must(row.batch > 0.0 && std::isfinite(row.batch) && row.context_start >= 0.0);
    if (!found.own) must(row.tokens_per_second.value_or(0.0) > 0.0 || row.seconds_per_token);
    if (has_zero_byte(row)) continue;
    const auto again = decode_rows_of(CsvTable::parse(one_row_csv(row), kName));
    must(again.size() == 1 && csv_cells(again[0]) == csv_cells(row));
  }
  for (const ForeignKernel& found : file.kernels) {
    const KernelRow& row = found.row;
    must(row.latency_seconds >= 0.0 && std::isfinite(row.latency_seconds));
    if (has_zero_byte(row)) continue;
    const auto again = kernel_rows_of(CsvTable::parse(one_row_csv(row), kName));
    must(again.size() == 1 && csv_cells(again[0]) == csv_cells(row));
  }
}

template <typename Read>
void attempt(Read&& read) {
  ForeignFile file;
  try {
    read(file);
  } catch (const Error&) {
    return;
  }
  check(file);
}

void read_all(const std::vector<ForeignRecord>& records) {
  attempt([&](ForeignFile& file) { add_llama_bench(records, file); });
  attempt([&](ForeignFile& file) { add_batched_bench(records, file); });
  attempt([&](ForeignFile& file) { add_op_perf(records, file); });
  attempt([&](ForeignFile& file) { add_vllm(records, file); });
  attempt([&](ForeignFile& file) { add_ollama_api(records, file); });
}

void read_json_text(std::string_view text) {
  attempt([&](ForeignFile&) { read_all(records_of_json(text, kName)); });
}
void read_sql_text(std::string_view text) {
  attempt([&](ForeignFile&) { read_all(rows_of_sql(text, kName).records); });
}
void read_markdown_text(std::string_view text) {
  attempt([&](ForeignFile&) {
    const MarkdownRows rows = rows_of_markdown(text, kName);
    attempt([&](ForeignFile& file) { add_llama_bench_table(rows, file); });
    attempt([&](ForeignFile& file) { add_batched_bench_table(rows, file); });
  });
}
void read_console_text(std::string_view text) {
  attempt([&](ForeignFile& file) { add_op_perf(records_of_op_console(text, kName), file); });
}
void read_ollama_text(std::string_view text) {
  attempt([&](ForeignFile& file) { add_ollama(text, kName, file); });
  if (const auto seconds = go_duration(text)) must(*seconds >= 0.0);
}
void read_log_text(std::string_view text) {
  attempt([&](ForeignFile& file) { add_llama_log(text, kName, file); });
}
void read_own_text(std::string_view text) {
  attempt([&](ForeignFile& file) { add_own_csv(text, kName, file); });
}
void read_any_text(std::string_view text) {
  attempt([&](ForeignFile& file) { file = read_foreign_text(text, kName); });
}

using Reader = void (*)(std::string_view);
constexpr std::array<std::pair<std::string_view, Reader>, 8> kReaders{{
    {"any", read_any_text},
    {"json", read_json_text},
    {"sql", read_sql_text},
    {"markdown", read_markdown_text},
    {"console", read_console_text},
    {"ollama", read_ollama_text},
    {"log", read_log_text},
    {"csv", read_own_text},
}};
Reader chosen = read_any_text;

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* count, char*** arguments) {
  constexpr std::string_view kFlag = "--reader=";
  for (int i = 1; i < *count; ++i) {
    const std::string_view argument = (*arguments)[i];
    if (!argument.starts_with(kFlag)) continue;
    const auto* const reader = std::find_if(
        kReaders.begin(), kReaders.end(),
        [&](const auto& known) { return known.first == argument.substr(kFlag.size()); });
    must(reader != kReaders.end());
    chosen = reader->second;
  }
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  chosen({reinterpret_cast<const char*>(data), size});
  return 0;
}
