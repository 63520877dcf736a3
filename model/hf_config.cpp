#include "model/hf_config.h"

#include <filesystem>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json_file.h"
#include "base/text_file.h"
#include "model/arch_class.h"
#include "model/hf_family.h"
#include "model/hf_format.h"
#include "model/hf_keys.h"
#include "model/hf_layers.h"
#include "model/layer_pattern.h"
#include "model/llm_checks.h"

namespace foretoken::model {
namespace {

using nlohmann::json;

constexpr std::int64_t kMostContext = std::int64_t{1} << 40;

/// The language model's part of a multimodal file, or the file itself.
const json& body_of(const json& outer) {
  for (const char* key : {"text_config", "llm_config", "language_config", "thinker_config"}) {
    const auto at = outer.find(key);
    if (at != outer.end() && at->is_object()) return body_of(*at);
  }
  return outer;
}

/// Parameters of a layer that no operator streams apart, for families that have some.
void set_extras(HfContext& c, std::size_t index, Layer& layer) {
  if (c.family.family == "gemma4") {
    layer.extra_params = 1;  // the layer's output scale
    if (layer.moe) {
      constexpr int kNormsOfBothBranches = 7;
      layer.norms = kNormsOfBothBranches;
      layer.extra_params += c.hidden + layer.moe->experts;  // router and expert scales
    }
  }
  const std::int64_t streams = c.keys.find_size({"hc_mult"}, 64);
  if (streams > 0) {
    // Hyper-connections mix the streams before attention and before the FFN.
    const std::int64_t rows = (2 + streams) * streams;
    layer.extra_params = 2 * (rows * streams * c.hidden + rows + 3);
    if (static_cast<std::int64_t>(index) < c.keys.find_size({"num_hash_layers"}) && layer.moe) {
      layer.extra_params += c.keys.size({"vocab_size"}) * layer.moe->experts_per_token;
      layer.moe->router_bias = false;
    }
  }
}

void set_body(HfContext& c, Llm& llm) {
  HfKeys& keys = c.keys;
  llm.hidden = c.hidden;
  llm.vocab = keys.size({"padded_vocab_size", "vocab_size"});
  llm.tied_embeddings = keys.flag("tie_word_embeddings", c.family.tied);
  llm.norm_width = c.family.norm_width;
  llm.lm_head_bias = c.family.lm_head_bias;
  llm.embed_norm = c.family.embed_norm;
  llm.parallel_block = c.family.parallel_block;
  llm.fused_qkv = c.family.fused_qkv;
  llm.mtp_layers =
      keys.find_size({"num_nextn_predict_layers", "mtp_num_hidden_layers"}, kMaxLayers);
  llm.max_context = keys.find_size(
      {"max_position_embeddings", "seq_length", "n_positions", "max_seq_len"}, kMostContext);
  if (c.family.extra_position_rows >= 0) {
    llm.position_rows =
        keys.size({"max_position_embeddings", "n_positions"}) + c.family.extra_position_rows;
  }
  if (const std::int64_t streams = keys.find_size({"hc_mult"}, 64); streams > 0) {
    constexpr std::int64_t kPublishedRounds = 20;
    const std::int64_t rounds = keys.find_size({"hc_sinkhorn_iters"}, 1000);
    llm.hyper = {.streams = streams, .rounds = rounds > 0 ? rounds : kPublishedRounds};
  }
  if (const std::int64_t dim = keys.find_size({"hidden_size_per_layer_input"}); dim > 0) {
    llm.per_layer = {.dim = dim,
                     .vocab = keys.size({"vocab_size_per_layer_input", "vocab_size"}),
                     .altup = keys.find_size({"altup_num_inputs"}, 64),
                     .laurel_rank = keys.find_size({"laurel_rank"})};
  }
}

void set_layers(HfContext& c, Llm& llm) {
  const std::vector<LayerKind> kinds = layer_kinds(c);
  for (std::size_t i = 0; i < c.layers && !c.keys.has_faults(); ++i) {
    Layer layer;
    layer.norms = c.family.norms;
    set_mixers(c, i, kinds[i], layer);
    set_ffns(c, i, kinds[i], layer);
    set_extras(c, i, layer);
    llm.layers.push_back(layer);
  }
}

/// A type nobody described may be read as llama-like only when it has llama's own keys.
void require_llama_keys(HfKeys& keys, const std::string& type) {
  for (const char* key : {"hidden_size", "num_hidden_layers", "num_attention_heads", "vocab_size",
                          "intermediate_size"}) {
    if (keys.has(key)) continue;
    keys.fault("model_type",
               fmt::format("model type '{}' is not known and cannot be read as llama-like: key "
                           "'{}' is missing",
                           type, key));
  }
}

std::string id_of(const std::string& path) {
  const std::filesystem::path file(path);
  if (file.filename() != "config.json") return file.stem().string();
  const std::filesystem::path folder = std::filesystem::absolute(file).parent_path();
  return folder.filename().string();
}

}  // namespace

Llm parse_hf_config(std::string_view text, const std::string& name, const std::string& id) {
  const json outer = parse_json(text, name);
  if (!outer.is_object()) {
    throw ConfigError(
        {{name, 1, 0, "a config.json holds one object with keys like 'hidden_size'"}});
  }
  const json& body = body_of(outer);
  HfKeys keys(name, std::string(text), body, outer);
  const std::string type = keys.text("model_type", "llama");
  const HfFamily& family = hf_family(type);
  if (!is_known_model_type(type)) require_llama_keys(keys, type);
  HfContext context{.keys = keys, .family = family};
  context.hidden = keys.size({"hidden_size", "n_embd", "d_model"});
  context.layers = static_cast<std::size_t>(
      keys.size({"num_hidden_layers", "num_layers", "n_layer", "n_layers"}, kMaxLayers));
  const std::int64_t shared = keys.find_size({"num_kv_shared_layers"}, kMaxLayers);
  context.shared_kv_layers = static_cast<std::size_t>(shared);
  if (context.shared_kv_layers >= context.layers && shared > 0) {
    keys.fault("num_kv_shared_layers", "'num_kv_shared_layers' leaves no layer that stores KV");
    context.shared_kv_layers = 0;
  }
  Llm llm;
  llm.id = id;
  llm.name = keys.text("_name_or_path", "");
  if (llm.name.empty()) llm.name = id;
  llm.family = is_known_model_type(type) ? std::string(family.family) : type;
  llm.source = name;
  llm.default_format = stated_format(keys);
  set_body(context, llm);
  set_layers(context, llm);
  keys.finish();
  llm.arch_class = arch_class_of(llm);
  for (const std::string& fault : llm_faults(llm)) keys.fault({}, fault);
  keys.finish();
  return llm;
}

Llm read_hf_config(const std::string& path) {
  return parse_hf_config(read_text_file(path), path, id_of(path));
}

}  // namespace foretoken::model
