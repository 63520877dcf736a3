#include "model/scheme_yaml.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/suggest.h"
#include "base/text_file.h"
#include "base/yaml_map.h"

namespace foretoken::model {
namespace {

constexpr int kSchema = 1;
constexpr std::int64_t kMaxCount = 1 << 20;
constexpr Range kFactorRange{.low = 0.2, .high = 5.0};

/// Every name a rule may use: the roles' and the two that stand for several.
const std::vector<std::string>& tensor_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all{"attn_qkv"};
    for (int role = 0; role <= static_cast<int>(TensorRole::NextN); ++role) {
      all.emplace_back(text_of(static_cast<TensorRole>(role)));
    }
    return all;
  }();
  return names;
}

class SchemeFile {
 public:
  SchemeFile(const std::string& path, const FormatTable& table)
      : file_(YamlFile::read(path)), table_(table) {}

  std::vector<Scheme> read() {
    file_.require_schema(kSchema);
    file_.top().text("source");
    read_defaults();
    YamlMap all = file_.top().map("schemes");
    for (auto& [id, map] : all.entries()) {
      Scheme scheme = map.has("like") ? likeness(map) : fresh(map);
      scheme.id = id;
      read_scheme(map, scheme);
      schemes_.push_back(std::move(scheme));
    }
    file_.finish();
    return std::move(schemes_);
  }

 private:
  void read_defaults() {
    auto map = file_.top().find_map("defaults");
    if (!map) return;
    read_formats(*map, defaults_);
    defaults_.rules = read_rules(*map);
    defaults_head_ = map->has("head");
    defaults_embedding_ = map->has("embedding");
    defaults_unquantized_ = map->has("unquantized");
  }

  Scheme fresh(YamlMap& map) {
    Scheme scheme = defaults_;
    if (!defaults_unquantized_) map.text("unquantized");
    const FormatId base = base_of(map);
    if (!defaults_head_) scheme.head = base;
    if (!defaults_embedding_) scheme.embedding = base;
    return scheme;
  }

  /// The base; a name that is not known is reported where all formats are read.
  FormatId base_of(YamlMap& map) const {
    FormatId id{};
    table_.find(map.text("base"), id);
    return id;
  }

  /// A copy of the scheme named by `like`. What had that one's base format takes the new base.
  Scheme likeness(YamlMap& map) {
    const std::string name = map.text("like");
    const auto found = std::find_if(schemes_.begin(), schemes_.end(),
                                    [&](const Scheme& scheme) { return scheme.id == name; });
    if (found == schemes_.end()) {
      map.fault("like", fmt::format("no scheme '{}' before this one in the file", name));
      return defaults_;
    }
    Scheme scheme = *found;
    if (map.has("base")) {
      const FormatId base = base_of(map);
      if (scheme.head == scheme.base) scheme.head = base;
      if (scheme.embedding == scheme.base) scheme.embedding = base;
    }
    scheme.bytes_factor = 1.0;
    return scheme;
  }

  void read_scheme(YamlMap& map, Scheme& scheme) {
    scheme.aliases = map.texts("aliases");
    read_formats(map, scheme);
    if (map.has("rules")) {
      scheme.rules = defaults_.rules;
      for (SchemeRule& rule : read_rules(map)) scheme.rules.push_back(std::move(rule));
    }
    scheme.quantizer = map.find_choice("quantizer", {"rtn", "gptq", "awq", "hqq", "exl2"})
                           .value_or(scheme.quantizer);
    scheme.activations =
        map.find_choice("activations", {"fp8", "int8", "int4", "fp4"}).value_or(scheme.activations);
    scheme.approximate = map.find_boolean("approximate").value_or(scheme.approximate);
    scheme.bytes_factor =
        map.find_number("bytes_factor", kFactorRange).value_or(scheme.bytes_factor);
    map.find_text("notes");
  }

  void read_formats(YamlMap& map, Scheme& scheme) {
    if (const auto id = find_format(map, "base")) scheme.base = *id;
    if (const auto id = find_format(map, "head")) scheme.head = *id;
    if (const auto id = find_format(map, "embedding")) scheme.embedding = *id;
    if (const auto id = find_format(map, "unquantized")) scheme.unquantized = *id;
    if (const auto id = find_format(map, "last_fallback")) scheme.last_fallback = *id;
    if (const auto id = find_format(map, "head_fallback")) scheme.head_fallback = *id;
    if (auto fallbacks = map.find_map("fallbacks")) {
      for (const std::string& from : fallbacks->keys()) {
        const auto to = find_format(*fallbacks, from);
        FormatId from_id{};
        if (!table_.find(from, from_id)) {
          fault_unknown(*fallbacks, from, from);
        } else if (to) {
          scheme.fallbacks[from_id] = *to;
        }
      }
    }
  }

  std::optional<FormatId> find_format(YamlMap& map, std::string_view key) {
    const auto name = map.find_text(key);
    if (!name) return std::nullopt;
    FormatId id{};
    if (table_.find(*name, id)) return id;
    fault_unknown(map, key, *name);
    return std::nullopt;
  }

  void fault_unknown(YamlMap& map, std::string_view key, const std::string& name) {
    map.fault(
        key, fmt::format("unknown number format '{}'{}", name, did_you_mean(name, table_.names())));
  }

  std::vector<SchemeRule> read_rules(YamlMap& map) {
    std::vector<SchemeRule> rules;
    for (YamlMap& rule : map.maps("rules")) rules.push_back(read_rule(rule));
    return rules;
  }

  SchemeRule read_rule(YamlMap& map) {
    SchemeRule rule;
    rule.tensors = map.texts("tensors");
    if (rule.tensors.empty()) map.fault("tensors", "a rule names its tensors, like [attn_v]");
    for (const std::string& name : rule.tensors) check_tensor(map, name);
    map.text("format");
    rule.format = find_format(map, "format").value_or(FormatId{});
    const auto band = map.find_choice("layers", {"first", "first_sixteenth", "more", "middle"});
    if (band == "first") rule.band = LayerBand::First;
    if (band == "first_sixteenth") rule.band = LayerBand::FirstSixteenth;
    if (band == "more") rule.band = LayerBand::More;
    if (band == "middle") rule.band = LayerBand::Middle;
    rule.first_layers = map.find_integer("first_layers", 1, kMaxCount);
    rule.min_gqa = map.find_integer("min_gqa", 1, kMaxCount);
    rule.min_experts = map.find_integer("min_experts", 1, kMaxCount);
    rule.experts = map.find_integer("experts", 1, kMaxCount);
    rule.layer_count = map.find_integer("layer_count", 1, kMaxCount);
    rule.families = map.texts("families");
    rule.quantized = map.find_boolean("quantized").value_or(false);
    return rule;
  }

  static void check_tensor(YamlMap& map, const std::string& name) {
    const std::string stem = name.substr(0, name.find('*'));
    const bool known =
        std::any_of(tensor_names().begin(), tensor_names().end(), [&](const std::string& tensor) {
          return stem == name ? tensor == name : tensor.compare(0, stem.size(), stem) == 0;
        });
    if (!known) {
      map.fault("tensors",
                fmt::format("unknown tensor '{}'{}", name, did_you_mean(stem, tensor_names())));
    }
  }

  YamlFile file_;
  const FormatTable& table_;
  Scheme defaults_;
  bool defaults_head_ = false;
  bool defaults_embedding_ = false;
  bool defaults_unquantized_ = false;
  std::vector<Scheme> schemes_;
};

}  // namespace

std::vector<Scheme> read_schemes(const std::string& folder, const FormatTable& table) {
  std::vector<Scheme> schemes;
  std::set<std::string> taken;
  for (const std::string& path : files_in(folder, ".yaml")) {
    for (Scheme& scheme : SchemeFile(path, table).read()) {
      std::vector<std::string> names = scheme.aliases;
      names.push_back(scheme.id);
      for (const std::string& name : names) {
        if (taken.insert(name).second) continue;
        throw ConfigError({{path, 0, 0, fmt::format("weight format '{}' appears twice", name)}});
      }
      schemes.push_back(std::move(scheme));
    }
  }
  if (schemes.empty()) {
    throw ConfigError(
        {{folder, 0, 0, "no weight format found; expected '*.yaml' files with some"}});
  }
  return schemes;
}

}  // namespace foretoken::model
