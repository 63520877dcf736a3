#include "model/gguf_model.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/suggest.h"
#include "base/utf8.h"
#include "model/arch_class.h"
#include "model/gguf_file_type.h"
#include "model/gguf_layers.h"
#include "model/gguf_weights.h"
#include "model/layer_pattern.h"
#include "model/llm_checks.h"

namespace foretoken::model {
namespace {

constexpr std::int64_t kMostContext = std::int64_t{1} << 40;

const GgufFamily& family_of(const GgufHeader& header) {
  const std::string type = gguf_text(header, "general.type");
  if (!type.empty() && type != "model") {
    throw Error(fmt::format("{}: holds a '{}' ('general.type'), not a model", header.file, type));
  }
  const std::string architecture = gguf_text(header, "general.architecture");
  if (architecture.empty()) {
    throw Error(fmt::format("{}: no text 'general.architecture'; every GGUF model names its own",
                            header.file));
  }
  if (const GgufFamily* family = gguf_family(architecture)) return *family;
  const std::vector<std::string> known = gguf_architectures();
  throw Error(fmt::format("{}: architecture '{}' is not known{}; known are {}", header.file,
                          printable(architecture), did_you_mean(architecture, known),
                          fmt::join(known, ", ")));
}

/// Layers that predict further tokens follow those of plain decode and have `nextn` tensors.
std::size_t prediction_layers(const GgufTensors& tensors, std::size_t blocks) {
  const auto predicts = [&](std::size_t block) {
    const auto& names = tensors.in_layer(static_cast<int>(block));
    return std::any_of(names.begin(), names.end(),
                       [](const auto& entry) { return entry.first.starts_with("nextn."); });
  };
  std::size_t count = 0;
  while (count + 1 < blocks && predicts(blocks - 1 - count)) ++count;
  return count;
}

/// How many blocks the keys state, checked against those that have tensors.
std::size_t blocks_of(GgufKeys& keys, const GgufTensors& tensors) {
  const std::int64_t blocks = keys.size("block_count", kMaxLayers);
  if (tensors.layers() != blocks) {
    keys.fault("block_count", fmt::format("'{}.block_count' is {}, but the last block with tensors "
                                          "is {}",
                                          keys.architecture(), blocks, tensors.layers() - 1));
  }
  return static_cast<std::size_t>(blocks);
}

void set_body(GgufContext& c, Llm& llm) {
  const GgufTensors& tensors = c.tensors;
  llm.hidden = c.hidden;
  llm.vocab = std::max<std::int64_t>(tensors.dim(kNoLayer, "token_embd.weight", 1), 1);
  llm.tied_embeddings = !tensors.has(kNoLayer, "output.weight");
  llm.lm_head_bias = tensors.has(kNoLayer, "output.bias");
  llm.embed_norm =
      !c.family.final_norm_is_token_norm && tensors.has(kNoLayer, "token_embd_norm.weight");
  llm.norm_width = tensors.has(kNoLayer, "output_norm.bias") ? 2 : 1;
  llm.position_rows = tensors.dim(kNoLayer, "position_embd.weight", 1);
  llm.parallel_block = c.family.parallel_block;
  llm.max_context = c.keys.find_size("context_length", kMostContext);
  if (const std::int64_t dim = c.keys.find_size("embedding_length_per_layer_input"); dim > 0) {
    llm.per_layer = {
        .dim = dim,
        .vocab = std::max<std::int64_t>(tensors.dim(kNoLayer, "per_layer_token_embd.weight", 1), 1),
        .altup = tensors.dim(0, "altup_router.weight", 1),
        .laurel_rank = tensors.dim(0, "laurel_l.weight", 1)};
    if (llm.per_layer.altup == 1) llm.per_layer.altup = 0;
  }
}

void set_layers(GgufContext& c, Llm& llm) {
  for (std::size_t i = 0; i < c.layers; ++i) {
    llm.layers.push_back(gguf_layer(c, i));
    llm.fused_qkv = llm.fused_qkv || (llm.layers.back().attention && c.has(i, "attn_qkv.weight"));
  }
}

std::string family_name(const Llm& llm, const GgufFamily& family) {
  const auto biased = [](const Layer& layer) { return layer.moe && layer.moe->router_bias; };
  const bool is_v2 = family.architecture == "deepseek2" &&
                     std::none_of(llm.layers.begin(), llm.layers.end(), biased);
  return is_v2 ? "deepseek_v2" : std::string(family.family);
}

Llm llm_of(GgufContext& c, const GgufHeader& header) {
  Llm llm;
  llm.id = printable(gguf_stem(header.file));
  llm.name = gguf_text(header, "general.name");
  if (llm.name.empty()) llm.name = llm.id;
  llm.source = header.file;
  const std::size_t blocks = blocks_of(c.keys, c.tensors);
  c.keys.finish();
  const std::size_t predicting = prediction_layers(c.tensors, blocks);
  c.layers = blocks - predicting;
  llm.mtp_layers = static_cast<std::int64_t>(predicting);
  c.shared_kv_layers =
      static_cast<std::size_t>(c.keys.find_size("attention.shared_kv_layers", kMaxLayers));
  if (c.shared_kv_layers >= c.layers) {
    if (c.shared_kv_layers > 0) {
      c.keys.fault("attention.shared_kv_layers", "no layer is left that stores KV");
    }
    c.shared_kv_layers = 0;
  }
  c.windows = gguf_windows(c);
  set_body(c, llm);
  set_layers(c, llm);
  llm.family = family_name(llm, c.family);
  llm.arch_class = arch_class_of(llm);
  return llm;
}

}  // namespace

GgufModel gguf_model(const GgufFile& file, const FormatTable& formats, const SchemeTable& schemes) {
  const GgufHeader& header = file.header;
  const GgufFamily& family = family_of(header);
  const GgufTensors tensors(header.tensors);
  GgufKeys keys(header, std::string(family.architecture));
  GgufContext context{.keys = keys, .tensors = tensors, .family = family};
  context.hidden = keys.size("embedding_length");
  GgufModel model{.llm = llm_of(context, header)};
  keys.finish();
  for (const std::string& fault : llm_faults(model.llm)) keys.fault({}, fault);
  keys.finish();
  model.weights = gguf_weights(model.llm, tensors, formats, keys);
  keys.finish();
  const std::string type = gguf_file_type(header, formats);
  const std::string known = schemes.find(type);
  model.weights.scheme = known.empty() ? type : known;
  model.weights.file = header.file;
  return model;
}

GgufModel read_gguf_model(const std::string& path, const FormatTable& formats,
                          const SchemeTable& schemes) {
  return gguf_model(read_gguf_file(path, formats), formats, schemes);
}

bool is_gguf_file(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return false;
  if (std::filesystem::path(path).extension() == ".gguf") return true;
  std::ifstream in(path, std::ios::binary);
  std::string magic(4, '\0');
  in.read(magic.data(), static_cast<std::streamsize>(magic.size()));
  return in && magic == "GGUF";
}

}  // namespace foretoken::model
