#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "calibrate/import_readers.h"

namespace foretoken::calibrate {
namespace {

constexpr std::array<std::string_view, 8> kKeys{
    "total duration",   "load duration", "prompt eval count", "prompt eval duration",
    "prompt eval rate", "eval count",    "eval duration",     "eval rate"};

/// "128 token(s)" -> 128.
double tokens_in(const ForeignRecord& block, std::string_view key) {
  const std::string text = block.text(key);
  const auto count = number_in(std::string_view(text).substr(0, text.find(' ')));
  if (!count || *count < 0.0) {
    block.stop(fmt::format("expected '{}' like '128 token(s)'; found {}", key, in_quotes(text)));
  }
  return *count;
}

void add_block(const ForeignRecord& block, ForeignFile& result) {
  if (block.cells.empty()) return;
  if (!block.has("eval count")) {
    result.unused.push_back({block.line, Unused::NoFigure, "nothing was generated"});
    return;
  }
  const double count = tokens_in(block, "eval count");
  if (!block.has("eval duration")) {
    block.stop("an 'eval count' without its 'eval duration'; is the file cut?");
  }
  const std::string text = block.text("eval duration");
  const auto seconds = go_duration(text);
  if (!seconds) {
    block.stop("expected 'eval duration' like '1m2.5s' or '130.079ms'; found " + in_quotes(text));
  }
  if (count <= 0.0 || *seconds <= 0.0) {
    result.unused.push_back({block.line, Unused::NoFigure, "nothing was generated"});
    return;
  }
  ForeignDecode found;
  DecodeRow& row = found.row;
  row.file = block.file;
  row.line = block.line;
  row.runtime = "ollama";
  row.gen_tokens = count;
  row.tokens_per_second = count / *seconds;
  if (block.has("prompt eval count")) {
    row.context_start = tokens_in(block, "prompt eval count");
    row.prefill_tokens = row.context_start;
  }
  result.decode.push_back(std::move(found));
}

}  // namespace

std::optional<double> go_duration(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, double>, 8> kUnits{{
      {"ns", 1e-9},
      {"us", 1e-6},
      {"\xc2\xb5s", 1e-6},
      {"\xce\xbcs", 1e-6},
      {"ms", 1e-3},
      {"s", 1.0},
      {"m", 60.0},
      {"h", 3600.0},
  }};
  if (text == "0") return 0.0;
  if (text.empty()) return std::nullopt;
  double seconds = 0.0;
  while (!text.empty()) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
    const auto value = number_in(text.substr(0, digits));
    if (!value) return std::nullopt;
    text.remove_prefix(digits);
    const std::string_view unit =
        text.substr(0, std::min(text.find_first_of("0123456789."), text.size()));
    double scale = 0.0;
    for (const auto& [name, in_seconds] : kUnits) {
      if (unit == name) scale = in_seconds;
    }
    if (scale == 0.0) return std::nullopt;
    seconds += *value * scale;
    text.remove_prefix(unit.size());
  }
  return seconds;
}

void add_ollama_api(const std::vector<ForeignRecord>& records, ForeignFile& result) {
  result.tool = "ollama";
  constexpr double kNano = 1e-9;
  for (const ForeignRecord& record : records) {
    if (record.text("done") != "1") continue;  // a piece of the answer
    const double count = record.number("eval_count").value_or(0.0);
    const double seconds = record.number("eval_duration").value_or(0.0) * kNano;
    if (count <= 0.0 || seconds <= 0.0) {
      result.unused.push_back({record.line, Unused::NoFigure, "nothing was generated"});
      continue;
    }
    ForeignDecode found;
    DecodeRow& row = found.row;
    row.file = record.file;
    row.line = record.line;
    row.runtime = "ollama";
    row.gen_tokens = count;
    row.tokens_per_second = count / seconds;
    row.context_start = record.number("prompt_eval_count").value_or(0.0);
    row.prefill_tokens = row.context_start;
    // "llama3.2:3b-instruct-q4_K_M": library name, size and format.
    if (std::string model = record.text("model"); !model.empty()) {
      found.formats = {model};
      std::replace(model.begin(), model.end(), ':', '-');
      found.models = {model};
    }
    found.from.measured = record.text("created_at");
    result.decode.push_back(std::move(found));
  }
}

void add_ollama(std::string_view text, const std::string& file, ForeignFile& result) {
  result.tool = "ollama";
  ForeignRecord block{.file = file, .line = 0, .cells = {}};
  RecordBudget budget;
  int line = 0;
  for (const std::string_view whole : lines_of(text)) {
    ++line;
    const std::size_t colon = whole.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string key(trimmed(whole.substr(0, colon)));
    if (std::find(kKeys.begin(), kKeys.end(), key) == kKeys.end()) continue;
    if (key == "total duration" || block.has(key)) {
      add_block(block, result);
      budget.add(block);
      block.cells.clear();
    }
    if (block.cells.empty()) block.line = line;
    block.cells[key] = std::string(trimmed(whole.substr(colon + 1)));
  }
  add_block(block, result);
}

}  // namespace foretoken::calibrate
