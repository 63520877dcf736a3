#include "calibrate/row_notes.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "calibrate/labels.h"

namespace foretoken::calibrate {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

bool contains_any(const std::string& text, std::initializer_list<const char*> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](const char* word) { return text.find(word) != std::string::npos; });
}

}  // namespace

std::optional<bool> flash_attention_in(std::string_view notes) {
  const std::string text = lower(notes);
  if (contains_any(text, {"fa=1", "fa=true", "fa on", "flash attention on", "flash_attn=1"})) {
    return true;
  }
  if (contains_any(text, {"fa=0", "fa=false", "fa off", "flash attention off", "flash_attn=0"})) {
    return false;
  }
  return std::nullopt;
}

std::optional<bool> expanded_mla_in(std::string_view notes) {
  const std::string text = lower(notes);
  if (contains_any(text, {"mla 0"})) return true;
  if (contains_any(text, {"mla 1", "mla 2", "mla 3"})) return false;
  return std::nullopt;
}

bool repacked_in(std::string_view notes) { return contains_any(lower(notes), {"repacked"}); }

std::string power_mode_in(std::string_view notes) {
  constexpr std::string_view kWords = "power mode ";
  const std::size_t at = notes.find(kWords);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = notes.substr(at + kWords.size());
  return std::string(rest.substr(0, rest.find_first_of(" ;,")));
}

void read_notes(DecodeRow& row) {
  row.expands_mla = expanded_mla_in(row.notes);
  row.repacked = repacked_in(row.notes);
  row.power_mode = power_mode_in(row.notes);
}

std::string labels_in(const DecodeRow& row) {
  const std::string notes = lower(row.notes);
  const std::string parallelism = lower(row.parallelism);
  std::string labels;
  if (row.notes.find("FLAG") != std::string::npos) add_label(labels, "flag");
  if (contains_any(notes, {"speculative", "draft model", "mtp on", "eagle", "dflash"})) {
    add_label(labels, "speculative");
  }
  // Tensor parallelism is modelled; splitting layers over devices is not one device's speed.
  const bool tensor_parallel = parallelism.rfind("tp", 0) == 0;
  if ((row.n_devices > 1 && !tensor_parallel) || parallelism.rfind("pp", 0) == 0 ||
      parallelism.rfind("row", 0) == 0 || parallelism.rfind("ep", 0) == 0) {
    add_label(labels, "multi-device");
  }
  if (contains_any(notes, {"partial offload", "cpu-moe", "ncmoe", "exps=cpu", "experts on cpu",
                           "cpu offload", "offloaded to cpu"})) {
    add_label(labels, "partial-offload");
  }
  if (contains_any(notes, {"low trust", "self-reported", "not trustworthy"})) {
    add_label(labels, "low-trust");
  }
  if (contains_any(notes, {"low reliability"})) add_label(labels, "doubtful");
  if (contains_any(notes, {"throttl"})) add_label(labels, "throttled");
  if (contains_any(notes, {"simulated"})) add_label(labels, "simulated");
  return labels;
}

}  // namespace foretoken::calibrate
