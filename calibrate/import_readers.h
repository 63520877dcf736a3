#pragma once

/// The readers of other tools' files, one format each. All throw ConfigError with file, line and
/// what was expected.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "calibrate/import_file.h"
#include "calibrate/import_markdown.h"
#include "calibrate/import_record.h"

namespace foretoken::calibrate {

/// llama-bench, from json, jsonl, csv or sql: one record a test.
void add_llama_bench(const std::vector<ForeignRecord>& records, ForeignFile& result);
/// The table that people post. Only settings that differ from the default have a column.
void add_llama_bench_table(const MarkdownRows& rows, ForeignFile& result);

/// llama-batched-bench and llama-sweep-bench: names of the JSON lines, or of the table.
void add_batched_bench(const std::vector<ForeignRecord>& records, ForeignFile& result);
void add_batched_bench_table(const MarkdownRows& rows, ForeignFile& result);

/// test-backend-ops perf: `--output sql` and csv (which has no times), and the console text.
void add_op_perf(const std::vector<ForeignRecord>& records, ForeignFile& result);
std::vector<ForeignRecord> records_of_op_console(std::string_view text, const std::string& file);

/// vllm bench serve, latency or throughput: one record a run.
void add_vllm(const std::vector<ForeignRecord>& records, ForeignFile& result);

/// Timing blocks of `ollama run --verbose`.
void add_ollama(std::string_view text, const std::string& file, ForeignFile& result);

/// Answers of ollama's API, one object or a stream of them; those that end one have its durations.
void add_ollama_api(const std::vector<ForeignRecord>& records, ForeignFile& result);

/// Logs of llama-cli, llama-completion and llama-server: lines "eval time = X ms / N runs", with
/// what the log said of model, threads and devices before.
void add_llama_log(std::string_view text, const std::string& file, ForeignFile& result);

/// "1m2.5s", "130.079ms", "45.1µs" in seconds; nullopt for anything else.
std::optional<double> go_duration(std::string_view text);

/// The product's own decode or kernel CSV.
void add_own_csv(std::string_view text, const std::string& file, ForeignFile& result);

/// Runtime id for a llama.cpp back end ("CUDA", "Vulkan0", "Metal,BLAS"); "llama.cpp" when it does
/// not say.
std::string llama_cpp_runtime(std::string_view backends);

}  // namespace foretoken::calibrate
