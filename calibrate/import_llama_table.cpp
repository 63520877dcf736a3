#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "calibrate/import_readers.h"

namespace foretoken::calibrate {
namespace {

/// Headings of the table and what the other outputs call them.
constexpr std::array<std::pair<std::string_view, std::string_view>, 18> kLongNames{{
    {"model", "model_type"},
    {"backend", "backends"},
    {"threads", "n_threads"},
    {"ngl", "n_gpu_layers"},
    {"sm", "split_mode"},
    {"mg", "main_gpu"},
    {"nkvo", "no_kv_offload"},
    {"fa", "flash_attn"},
    {"embd", "embeddings"},
    {"dev", "devices"},
    {"ts", "tensor_split"},
    {"ot", "tensor_buft_overrides"},
    {"ncmoe", "n_cpu_moe"},
    {"n_cpu_moe", "n_cpu_moe"},
    {"main_gpu", "main_gpu"},
    {"type_k", "type_k"},
    {"type_v", "type_v"},
    {"n_threads", "n_threads"},
}};

/// "606.53 MiB", "4.36 GiB".
std::optional<double> bytes_in(std::string_view text) {
  const std::size_t blank = text.find(' ');
  const auto value = number_in(text.substr(0, blank));
  if (!value || blank == std::string_view::npos) return std::nullopt;
  const std::string_view unit = trimmed(text.substr(blank));
  if (unit == "MiB") return *value * 1048576.0;
  if (unit == "GiB") return *value * 1073741824.0;
  return std::nullopt;
}

/// "7.62 B", "494.03 M".
std::optional<double> count_in(std::string_view text) {
  const std::size_t blank = text.find(' ');
  const auto value = number_in(text.substr(0, blank));
  if (!value || blank == std::string_view::npos) return std::nullopt;
  const std::string_view unit = trimmed(text.substr(blank));
  if (unit == "M") return *value * 1e6;
  if (unit == "B") return *value * 1e9;
  return std::nullopt;
}

/// "pp512", "tg 128", "pp512+tg128", each with " @ d4096" where the depth is not 0.
bool read_test(std::string_view test, ForeignRecord& record) {
  record.cells["n_prompt"] = record.cells["n_gen"] = "0";
  if (const std::size_t at = test.find('@'); at != std::string_view::npos) {
    const std::string_view depth = trimmed(test.substr(at + 1));
    if (!depth.starts_with('d') || !number_in(depth.substr(1))) return false;
    record.cells["n_depth"] = std::string(depth.substr(1));
    test = trimmed(test.substr(0, at));
  }
  bool any = false;
  while (!test.empty()) {
    const std::size_t plus = test.find('+');
    const std::string_view part = trimmed(test.substr(0, plus));
    test = plus == std::string_view::npos ? std::string_view() : test.substr(plus + 1);
    if (part.size() < 3) return false;
    const std::string_view tokens = trimmed(part.substr(2));
    if (!number_in(tokens)) return false;
    if (part.starts_with("pp")) {
      record.cells["n_prompt"] = std::string(tokens);
    } else if (part.starts_with("tg")) {
      record.cells["n_gen"] = std::string(tokens);
    } else if (part.starts_with("pg")) {  // combined, in some forks
      record.cells["n_prompt"] = record.cells["n_gen"] = std::string(tokens);
    } else {
      return false;
    }
    any = true;
  }
  return any;
}

/// A GPU's name in the lines that the back ends print before the table:
/// "Device 0: NVIDIA GeForce RTX 3090, compute capability 8.6", "GPU name:   Apple M2 Max",
/// "ggml_vulkan: 0 = AMD Radeon RX 7900 XTX (RADV NAVI31) (radv) | uma: 0".
std::string gpu_in(std::string_view line) {
  if (line.starts_with("Device ")) {
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos) return {};
    return std::string(trimmed(line.substr(colon + 2, line.find(',') - colon - 2)));
  }
  if (const std::size_t at = line.find("GPU name:"); at != std::string_view::npos) {
    std::string name(trimmed(line.substr(at + 9)));
    return name.starts_with("MTL") ? std::string() : name;  // newer: "MTL0 (Apple M2 Max)"
  }
  if (line.starts_with("ggml_vulkan: ")) {
    const std::size_t equals = line.find(" = ");
    if (equals == std::string_view::npos) return {};
    return std::string(trimmed(line.substr(equals + 3, line.find('|') - equals - 3)));
  }
  return {};
}

struct Build {
  int line = 0;
  std::string commit;
  std::string number;
};

/// "build: 1234abc (4567)"; the commit stays empty for any other line.
Build build_in(const PlainLine& plain) {
  Build build{.line = plain.line, .commit = {}, .number = {}};
  if (!plain.text.starts_with("build:")) return build;
  const std::string_view text = trimmed(plain.text.substr(6));
  const std::size_t open = text.find('(');
  build.commit = std::string(trimmed(text.substr(0, open)));
  if (open != std::string_view::npos) {
    const std::string_view digits = text.substr(open + 1, text.find(')', open) - open - 1);
    if (number_in(digits)) build.number = std::string(digits);
  }
  return build;
}

/// The build stands below its table; the last one holds for what follows it.
const Build* build_of(const std::vector<Build>& builds, int line) {
  for (const Build& build : builds) {
    if (build.line > line) return &build;
  }
  return builds.empty() ? nullptr : &builds.back();
}

ForeignRecord long_form(const ForeignRecord& row) {
  ForeignRecord record{.file = row.file, .line = row.line, .cells = {}};
  for (const auto& [shown, name] : kLongNames) {
    if (row.has(shown)) record.cells[std::string(name)] = row.text(shown);
  }
  const std::string test = row.text("test");
  if (!read_test(test, record)) {
    row.stop("expected a test like 'tg128', 'pp512' or 'tg128 @ d4096'; found " + in_quotes(test));
  }
  const std::string rate = row.text("t/s");
  const std::string mean(trimmed(rate.substr(0, rate.find("±"))));
  if (!number_in(mean)) {
    row.stop("expected a rate like '64.20 ± 0.63' under 't/s'; found " + in_quotes(rate));
  }
  record.cells["avg_ts"] = mean;
  if (row.has("size")) {
    const auto bytes = bytes_in(row.text("size"));
    if (!bytes) {
      row.stop("expected a size like '4.36 GiB' under 'size'; found " +
               in_quotes(row.text("size")));
    }
    record.cells["model_size"] = fmt::format("{:.0f}", *bytes);
  }
  if (row.has("params")) {
    const auto count = count_in(row.text("params"));
    if (!count) {
      row.stop("expected a count like '7.62 B' under 'params'; found " +
               in_quotes(row.text("params")));
    }
    record.cells["model_n_params"] = fmt::format("{:.0f}", *count);
  }
  return record;
}

}  // namespace

void add_llama_bench_table(const MarkdownRows& rows, ForeignFile& result) {
  std::string gpus;
  std::vector<Build> builds;
  for (const PlainLine& line : rows.others) {
    const std::string gpu = gpu_in(line.text);
    if (!gpu.empty()) gpus += (gpus.empty() ? "" : ", ") + gpu;
    Build build = build_in(line);
    if (!build.commit.empty()) builds.push_back(std::move(build));
  }
  std::vector<ForeignRecord> records;
  for (const ForeignRecord& row : rows.records) {
    if (!row.has("test") || !row.has("t/s")) {
      result.unused.push_back({row.line, Unused::NotDecode, "a row of another table"});
      continue;
    }
    ForeignRecord record = long_form(row);
    if (const Build* build = build_of(builds, row.line)) {
      record.cells["build_commit"] = build->commit;
      record.cells["build_number"] = build->number;
    }
    record.cells["gpu_info"] = gpus;
    records.push_back(std::move(record));
  }
  add_llama_bench(records, result);
  for (ForeignDecode& found : result.decode) {
    // Two decimals of a billion or of a million.
    constexpr double kRounding = 0.0051;
    if (found.params && *found.params > 0.0) {
      const double unit = *found.params >= 1e9 ? 1e9 : 1e6;
      found.params_slack = std::max(found.params_slack, kRounding * unit / *found.params);
    }
  }
}

}  // namespace foretoken::calibrate
