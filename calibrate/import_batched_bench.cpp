#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "calibrate/import_readers.h"

namespace foretoken::calibrate {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kLongNames{{
    {"PP", "pp"},
    {"TG", "tg"},
    {"B", "pl"},
    {"N_KV", "n_kv"},
    {"T_TG s", "t_tg"},
    {"S_TG t/s", "speed_tg"},
}};

/// "llama_batched_bench: n_kv_max = 2048, flash_attn = -1, ..." into cells.
void read_settings(std::string_view line, ForeignRecord& settings) {
  line.remove_prefix(std::min(line.find(": ") + 2, line.size()));
  while (!line.empty()) {
    const std::size_t end = std::min(line.find(','), line.size());
    const std::string_view part = line.substr(0, end);
    if (const std::size_t equals = part.find(" = "); equals != std::string_view::npos) {
      settings.cells[std::string(trimmed(part.substr(0, equals)))] =
          std::string(trimmed(part.substr(equals + 3)));
    }
    line.remove_prefix(std::min(end + 1, line.size()));
  }
}

}  // namespace

void add_batched_bench(const std::vector<ForeignRecord>& records, ForeignFile& result) {
  for (const ForeignRecord& record : records) {
    // Without a count of sequences it is a sweep: one sequence, generated at context N_KV.
    const bool sweep = !record.has("pl");
    result.tool = sweep ? "llama-sweep-bench" : "llama-batched-bench";
    const double sequences = sweep ? 1.0 : record.required("pl");
    const double prompt = record.required("pp");
    const double generated = record.required("tg");
    const auto leave = [&](Unused why, std::string reason) {
      result.unused.push_back({record.line, why, std::move(reason)});
    };
    if (generated <= 0.0 || sequences <= 0.0) {
      leave(Unused::NotDecode, "nothing is generated");
      continue;
    }
    const double rate = record.required("speed_tg");
    if (rate <= 0.0) {
      leave(Unused::NoFigure, "its rate is 0");
      continue;
    }
    if (sequences > 1.0 && record.number("is_pp_shared").value_or(0.0) > 0.0) {
      leave(Unused::NotModelled, "sequences that share one prompt's cache");
      continue;
    }
    ForeignDecode found;
    DecodeRow& row = found.row;
    row.file = record.file;
    row.line = record.line;
    row.runtime = "llama.cpp";
    row.batch = sequences;
    row.context_start = sweep ? record.required("n_kv") : prompt;
    row.gen_tokens = generated;
    row.tokens_per_second = rate;
    row.threads = static_cast<int>(std::min(record.number("n_threads").value_or(0.0), 4096.0));
    const auto flash = record.signed_number("flash_attn");
    if (flash && *flash >= 0.0) row.flash_attention = *flash > 0.0;
    found.layers_on_device = record.signed_number("n_gpu_layers").value_or(-1.0);
    result.decode.push_back(std::move(found));
  }
}

void add_batched_bench_table(const MarkdownRows& rows, ForeignFile& result) {
  ForeignRecord settings;
  for (const PlainLine& line : rows.others) {
    if (line.text.find("n_kv_max = ") != std::string_view::npos) {
      read_settings(line.text, settings);
    }
  }
  std::vector<ForeignRecord> records;
  for (const ForeignRecord& row : rows.records) {
    if (!row.has("TG") || !row.has("S_TG t/s")) {
      result.unused.push_back({row.line, Unused::NotDecode, "a row of another table"});
      continue;
    }
    ForeignRecord record = settings;
    record.file = row.file;
    record.line = row.line;
    for (const auto& [shown, name] : kLongNames) {
      if (row.has(shown)) record.cells[std::string(name)] = row.text(shown);
    }
    records.push_back(std::move(record));
  }
  add_batched_bench(records, result);
}

}  // namespace foretoken::calibrate
