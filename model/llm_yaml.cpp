#include "model/llm_yaml.h"

#include <cstdint>
#include <map>

#include <fmt/format.h>

#include "base/yaml_map.h"
#include "model/layer_pattern.h"
#include "model/layer_yaml.h"
#include "model/llm_checks.h"

namespace foretoken::model {
namespace {

constexpr int kSchema = 1;
constexpr std::int64_t kMaxSize = std::int64_t{1} << 24;
constexpr std::int64_t kMaxContext = std::int64_t{1} << 40;
constexpr std::int64_t kMaxSinkhornRounds = 1000;
constexpr Range kParamsRange{.low = 1.0, .high = 1e15};

const std::vector<std::string> kArchClasses = {
    "dense", "moe", "swa", "moe-swa", "hybrid", "hybrid-moe", "mla", "mla-dense", "ssm", "enc-dec"};

void read_identity(YamlMap& top, Llm& llm) {
  llm.id = top.text("id");
  llm.name = top.text("name");
  llm.aliases = top.texts("aliases");
  llm.family = top.text("family");
  llm.arch_class = top.choice("arch_class", kArchClasses);
  llm.source = top.text("source");
  llm.notes = top.find_text("notes").value_or("");
  if (top.has("published_params"))
    llm.published_params = top.number("published_params", kParamsRange);
  llm.published_includes_mtp = top.find_boolean("published_includes_mtp").value_or(false);
  llm.published_active_params = top.find_number("published_active_params", kParamsRange);
  llm.default_format = top.find_text("default_format").value_or("");
}

void read_body(YamlMap& top, Llm& llm) {
  llm.hidden = top.integer("hidden", 1, kMaxSize);
  llm.vocab = top.integer("vocab", 1, kMaxSize);
  llm.tied_embeddings = top.boolean("tied_embeddings");
  const auto norm = top.find_choice("norm", {"rms", "layer", "layer_no_bias"});
  llm.norm_width = norm == "layer" ? 2 : 1;
  llm.lm_head_bias = top.find_boolean("lm_head_bias").value_or(false);
  llm.embed_norm = top.find_boolean("embed_norm").value_or(false);
  llm.position_rows = top.find_integer("position_rows", 1, kMaxSize).value_or(0);
  llm.parallel_block = top.find_boolean("parallel_block").value_or(false);
  llm.fused_qkv = top.find_boolean("fused_qkv").value_or(false);
  llm.encoder_layers = top.find_integer("encoder_layers", 1, kMaxLayers).value_or(0);
  llm.mtp_layers = top.find_integer("mtp_layers", 1, kMaxLayers).value_or(0);
  llm.mtp_own_tables = top.find_boolean("mtp_own_tables").value_or(false);
  llm.max_context = top.find_integer("max_context", 1, kMaxContext).value_or(0);
  if (auto input = top.find_map("per_layer_input")) {
    llm.per_layer = {.dim = input->integer("dim", 1, kMaxSize),
                     .vocab = input->integer("vocab", 1, kMaxSize),
                     .altup = input->find_integer("altup", 2, 64).value_or(0),
                     .laurel_rank = input->find_integer("laurel_rank", 1, kMaxSize).value_or(0)};
  }
  if (auto hyper = top.find_map("hyper_connections")) {
    llm.hyper = {.streams = hyper->integer("streams", 2, 64),
                 .rounds = hyper->integer("rounds", 1, kMaxSinkhornRounds)};
  }
}

void read_layers(YamlMap& top, Llm& llm) {
  const ExpandedPattern pattern = expand_layer_pattern(top.text("layers"));
  if (!pattern.error.empty()) {
    top.fault("layers", fmt::format("'layers' must be a pattern of layer letters like 'A32' or "
                                    "'(SSSSSA)4 SS': {}",
                                    pattern.error));
  }
  YamlMap types = top.map("layer_types");
  std::map<char, Layer> by_letter;
  for (auto& [letter, map] : types.entries()) {
    if (letter.size() != 1 || pattern.letters.find(letter[0]) == std::string::npos) {
      types.fault(letter,
                  fmt::format("layer type '{}' must be one letter used in 'layers'", letter));
    }
    const Layer layer = read_layer(map);
    if (letter.size() == 1) by_letter[letter[0]] = layer;
  }
  for (const char letter : pattern.letters) {
    const auto found = by_letter.find(letter);
    if (found == by_letter.end()) {
      top.fault("layers", fmt::format("layer type '{}' is not in 'layer_types'", letter));
      return;
    }
    llm.layers.push_back(found->second);
  }
}

Llm llm_of(YamlFile file) {
  Llm llm;
  file.require_schema(kSchema);
  YamlMap& top = file.top();
  read_identity(top, llm);
  read_body(top, llm);
  read_layers(top, llm);
  if (!file.has_faults()) {
    for (const std::string& fault : llm_faults(llm)) top.fault("layers", fault);
  }
  file.finish();
  return llm;
}

}  // namespace

Llm read_llm(const std::string& path) { return llm_of(YamlFile::read(path)); }

Llm parse_llm(std::string_view text, const std::string& name) {
  return llm_of(YamlFile::parse(text, name));
}

}  // namespace foretoken::model
