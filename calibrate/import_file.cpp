#include "calibrate/import_file.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "calibrate/import_json.h"
#include "calibrate/import_markdown.h"
#include "calibrate/import_readers.h"
#include "calibrate/import_record.h"
#include "calibrate/import_sql.h"

namespace foretoken::calibrate {
namespace {

constexpr std::string_view kExpected =
    "expected the output of llama-bench, llama-batched-bench, test-backend-ops perf, vllm bench, "
    "'ollama run --verbose' or ollama's API, a log of llama.cpp with its timings, or a CSV of "
    "decode or kernel rows";

constexpr std::size_t kLargestText = std::size_t{32} << 20U;
constexpr std::size_t kMostLines = 1'000'000;

std::size_t count_of(std::string_view text, char c) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), c));
}

/// Before anything is split: every cell takes more memory than its text.
void refuse_many_cells(std::string_view text, const std::string& file) {
  if (count_of(text, '\n') > kMostRecords + 1) {
    stop_at(file, 0, fmt::format("more than {} rows", kMostRecords));
  }
  if (count_of(text, ',') > kMostCells) {
    stop_at(file, 0, fmt::format("more than {} cells", kMostCells));
  }
}

void refuse_large(std::string_view text, const std::string& file) {
  if (text.size() > kLargestText) {
    stop_at(file, 0,
            fmt::format("{} bytes; at most {} are read of this format", text.size(), kLargestText));
  }
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

void read_json_file(std::string_view text, const std::string& file, ForeignFile& result) {
  const std::vector<ForeignRecord> records = records_of_json(text, file);
  if (records.empty()) stop_at(file, 1, "no object in it; " + std::string(kExpected));
  const ForeignRecord& first = records.front();
  result.format = text.starts_with('[')                   ? "json"
                  : records.size() > 1 || first.line != 1 ? "jsonl"
                                                          : "json";
  if (first.has("n_gen") || first.has("n_prompt")) {
    add_llama_bench(records, result);
  } else if (first.has("speed_tg")) {
    add_batched_bench(records, result);
  } else if (first.has("mean_tpot_ms") || first.has("avg_latency") ||
             (first.has("elapsed_time") && first.has("tokens_per_second"))) {
    add_vllm(records, result);
  } else if (first.has("done") && first.has("created_at")) {
    add_ollama_api(records, result);
  } else {
    first.stop("objects of no known tool; " + std::string(kExpected));
  }
}

void read_sql_file(std::string_view text, const std::string& file, ForeignFile& result) {
  const SqlRows rows = rows_of_sql(text, file);
  result.format = "sql";
  if (rows.records.empty()) stop_at(file, 1, "no INSERT statement; the table is empty");
  const ForeignRecord& first = rows.records.front();
  if (rows.table == "test_backend_ops") {
    add_op_perf(rows.records, result);
  } else if (first.has("n_gen") || first.has("n_prompt")) {
    add_llama_bench(rows.records, result);
  } else {
    first.stop(fmt::format("rows of table {}; expected 'llama_bench' or 'test_backend_ops'",
                           in_quotes(rows.table)));
  }
}

/// The first line of a CSV says whose it is; false: it is none that we know.
bool read_csv_file(std::string_view text, const std::string& file, std::string_view first,
                   ForeignFile& result) {
  if (!contains(first, ",")) return false;
  refuse_many_cells(text, file);
  if (contains(first, "n_gen") && contains(first, "avg_ts")) {
    add_llama_bench(records_of_csv(text, file), result);
  } else if (contains(first, "op_name") && contains(first, "op_params")) {
    add_op_perf(records_of_csv(text, file), result);
  } else if (contains(first, "device") && contains(first, "runtime")) {
    add_own_csv(text, file, result);
  } else {
    return false;
  }
  result.format = "csv";
  return true;
}

bool read_table_file(std::string_view text, const std::string& file, ForeignFile& result) {
  bool llama_bench = false;
  bool batched = false;
  for (const std::string_view whole : lines_of(text)) {
    const std::string_view line = trimmed(whole);
    if (!line.starts_with('|')) continue;
    llama_bench = llama_bench || (contains(line, "t/s") && contains(line, " test "));
    batched = batched || contains(line, "S_TG t/s");
  }
  if (!llama_bench && !batched) return false;
  result.format = "md";
  const MarkdownRows rows = rows_of_markdown(text, file);
  if (batched) {
    add_batched_bench_table(rows, result);
  } else {
    add_llama_bench_table(rows, result);
  }
  return true;
}

}  // namespace

std::string_view text_of(Unused why) {
  static constexpr std::array<std::string_view, 8> kTexts{
      "duplicate", "row_id taken", "not a decode row", "combined figure",
      "no figure", "unknown name", "not modelled",     "out of range"};
  return kTexts[static_cast<std::size_t>(why)];
}

ForeignFile read_foreign_text(std::string_view text, const std::string& name) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  constexpr std::string_view kHdf5 = "\x89HDF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  if (text.starts_with(kHdf5)) {
    stop_at(name, 0, "an HDF5 file; name a store with -o, or export its rows first");
  }
  ForeignFile result;
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos) {
    stop_at(name, 1, "the file is empty; " + std::string(kExpected));
  }
  const std::string_view first = text.substr(start, text.find('\n', start) - start);
  const bool csv = contains(first, ",") && !first.starts_with('{') && !first.starts_with('[');
  if (!csv) refuse_large(text, name);
  if (first.starts_with('{') || first.starts_with('[')) {
    read_json_file(text, name, result);
    return result;
  }
  if (first.starts_with("CREATE TABLE") || first.starts_with("INSERT INTO")) {
    read_sql_file(text, name, result);
    return result;
  }
  if (read_csv_file(text, name, first, result)) return result;
  refuse_large(text, name);
  if (count_of(text, '\n') > kMostLines) {
    stop_at(name, 0, fmt::format("more than {} lines", kMostLines));
  }
  if (read_table_file(text, name, result)) return result;
  result.format = "text";
  if (contains(text, " us/run") || first.starts_with("Testing ") || contains(text, "\nBackend ")) {
    add_op_perf(records_of_op_console(text, name), result);
    if (!result.kernels.empty() || !result.unused.empty()) return result;
    stop_at(name, 1, "no operator in it; expected lines like 'MUL_MAT(...): N runs - X us/run'");
  }
  if (contains(text, "eval time =")) {
    add_llama_log(text, name, result);
    return result;
  }
  if (contains(text, "eval count:")) {
    add_ollama(text, name, result);
    return result;
  }
  stop_at(name, 1, "nothing that a reader knows; " + std::string(kExpected));
}

}  // namespace foretoken::calibrate
