#include "model/llm_catalog.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/suggest.h"
#include "base/text_file.h"
#include "model/hf_config.h"
#include "model/llm_yaml.h"

namespace foretoken::model {
namespace {

constexpr std::array<std::string_view, 23> kFormatTails = {
    "gguf",  "ud",   "i1",   "hf",  "f16",  "bf16", "fp16", "fp8", "fp32", "nvfp4", "mxfp4", "moe",
    "mxfp8", "int4", "int8", "awq", "gptq", "mlx",  "xl",   "r4",  "4bit", "8bit",  "6bit"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || c == '_'; }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

/// "q4_k_m", "iq3_xxs", "tq1_0": what llama.cpp calls its formats.
bool is_quant_name(std::string_view text) {
  if (!text.empty() && (text.front() == 'i' || text.front() == 't')) text.remove_prefix(1);
  return text.size() >= 2 && text[0] == 'q' && is_digit(text[1]) &&
         std::all_of(text.begin(), text.end(), is_word);
}

bool is_format_tail(std::string_view text) {
  return std::find(kFormatTails.begin(), kFormatTails.end(), text) != kFormatTails.end() ||
         is_quant_name(text);
}

/// `name` (lower case) without the format at its end; the same when there is none.
std::string_view without_format(std::string_view name) {
  for (std::size_t i = 1; i < name.size(); ++i) {
    const char c = name[i];
    const bool separates = c == '-' || c == '_' || c == '.' || c == ':' || c == ' ';
    if (separates && is_format_tail(name.substr(i + 1))) return name.substr(0, i);
  }
  return name;
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

}  // namespace

std::string folded_model_name(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = lower(name[i]);
    const bool dot_between_digits =
        c == '.' && i > 0 && is_digit(name[i - 1]) && i + 1 < name.size() && is_digit(name[i + 1]);
    if (is_digit(c) || (c >= 'a' && c <= 'z') || dot_between_digits) out += c;
  }
  return out;
}

LlmCatalog LlmCatalog::read(const std::vector<std::string>& folders) {
  LlmCatalog catalog;
  std::vector<Fault> faults;
  for (const std::string& folder : folders) {
    for (const std::string& path : files_in(folder, ".yaml")) {
      try {
        Llm llm = read_llm(path);
        if (&folder != &folders.front()) catalog.replace_same_id(llm);
        catalog.add(std::move(llm), path);
      } catch (const ConfigError& error) {
        faults.insert(faults.end(), error.faults().begin(), error.faults().end());
      }
    }
  }
  if (!faults.empty()) throw ConfigError(std::move(faults));
  return catalog;
}

void LlmCatalog::replace_same_id(const Llm& llm) {
  const auto same = std::find_if(llms_.begin(), llms_.end(),
                                 [&](const Llm& other) { return other.id == llm.id; });
  if (same == llms_.end()) return;
  const auto index = static_cast<std::size_t>(same - llms_.begin());
  for (auto at = by_name_.begin(); at != by_name_.end();) {
    if (at->second == index) {
      at = by_name_.erase(at);
    } else {
      if (at->second > index) --at->second;
      ++at;
    }
  }
  llms_.erase(same);
}

void LlmCatalog::add(Llm llm, const std::string& path) {
  const std::size_t index = llms_.size();
  add_name(llm.id, index, path);
  add_name(llm.name, index, path);
  const auto slash = llm.name.rfind('/');
  if (slash != std::string::npos) add_name(llm.name.substr(slash + 1), index, path);
  for (const std::string& alias : llm.aliases) add_name(alias, index, path);
  llms_.push_back(std::move(llm));
}

void LlmCatalog::add_by_id(Llm llm) {
  add_name(llm.id, llms_.size(), llm.id);
  llms_.push_back(std::move(llm));
}

void LlmCatalog::add_name(std::string_view name, std::size_t index, const std::string& path) {
  const auto [at, is_new] = by_name_.emplace(folded_model_name(name), index);
  if (is_new || at->second == index) return;
  throw ConfigError(
      {{path, 0, 0,
        fmt::format("the name '{}' belongs to model '{}' already", name, llms_[at->second].id)}});
}

const Llm* LlmCatalog::known(std::string_view name) const {
  const std::string whole = lower_case(name);
  std::string_view rest = whole;
  while (!rest.empty()) {
    for (const std::string_view form : {rest, rest.substr(rest.rfind('/') + 1)}) {
      const auto at = by_name_.find(folded_model_name(form));
      if (at != by_name_.end()) return &llms_[at->second];
    }
    const std::string_view shorter = without_format(rest);
    if (shorter.size() == rest.size()) return nullptr;
    rest = shorter;
  }
  return nullptr;
}

Llm LlmCatalog::find(const std::string& name_or_path) const {
  namespace fs = std::filesystem;
  if (const Llm* llm = known(name_or_path)) return *llm;
  std::error_code ignored;
  const std::string config = (fs::path(name_or_path) / "config.json").string();
  if (fs::is_directory(name_or_path, ignored) && fs::exists(config, ignored)) {
    return read_hf_config(config);
  }
  if (ends_with(name_or_path, ".json")) return read_hf_config(name_or_path);
  if (ends_with(name_or_path, ".yaml") || ends_with(name_or_path, ".yml")) {
    return read_llm(name_or_path);
  }
  std::vector<std::string> names;
  for (const Llm& llm : llms_) {
    names.push_back(llm.id);
    names.push_back(llm.name);
  }
  throw Error(
      fmt::format("unknown model '{}'{} (a model's name, a .gguf file, a config.json or an "
                  "architecture .yaml is expected)",
                  name_or_path, did_you_mean(name_or_path, names)));
}

std::vector<std::string> LlmCatalog::ids() const {
  std::vector<std::string> ids;
  for (const Llm& llm : llms_) ids.push_back(llm.id);
  return ids;
}

}  // namespace foretoken::model
