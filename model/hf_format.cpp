#include "model/hf_format.h"

#include <cstdint>

#include <fmt/format.h>

namespace foretoken::model {
namespace {

using nlohmann::json;

std::string text_at(const json& object, const char* key) {
  const auto at = object.find(key);
  return at != object.end() && at->is_string() ? at->get<std::string>() : std::string();
}

std::int64_t integer_at(const json& object, const char* key) {
  const auto at = object.find(key);
  return at != object.end() && at->is_number_integer() ? at->get<std::int64_t>() : 0;
}

bool flag_at(const json& object, const char* key) {
  const auto at = object.find(key);
  return at != object.end() && at->is_boolean() && at->get<bool>();
}

/// compressed-tensors: the first group's weights speak for all.
std::string compressed_format(const json& config) {
  const auto groups = config.find("config_groups");
  if (groups == config.end() || !groups->is_object() || groups->empty()) return "";
  const json& group = groups->begin().value();
  const auto weights = group.is_object() ? group.find("weights") : group.end();
  if (!group.is_object() || weights == group.end() || !weights->is_object()) return "";
  const std::int64_t bits = integer_at(*weights, "num_bits");
  const bool is_float = text_at(*weights, "type") == "float";
  const auto activations = group.find("input_activations");
  const bool quantizes_activations = activations != group.end() && activations->is_object();
  if (is_float && bits == 8) return "fp8";
  if (is_float && bits == 4) return "nvfp4";
  if (bits == 8) return quantizes_activations ? "w8a8-int8" : "INT8_W8A16";
  if (bits == 4) return integer_at(*weights, "group_size") == 32 ? "w4a16_g32" : "gptq";
  return "";
}

std::string mlx_format(const json& config) {
  const std::string mode = text_at(config, "mode");
  if (!mode.empty() && mode != "affine") return "mlx-" + mode;
  const std::int64_t bits = integer_at(config, "bits");
  const bool small_group = integer_at(config, "group_size") == 32;
  return fmt::format("mlx-{}bit{}", bits, small_group ? "-g32" : "");
}

}  // namespace

std::string stated_format(HfKeys& keys) {
  const json* mlx = keys.find("quantization");
  if (mlx != nullptr && mlx->is_object() && integer_at(*mlx, "bits") > 0) return mlx_format(*mlx);
  const json* config = keys.find("quantization_config");
  if (config == nullptr) return "";
  if (!config->is_object()) {
    keys.fault("quantization_config", "'quantization_config' must be an object");
    return "";
  }
  const std::string method = text_at(*config, "quant_method");
  if (method.empty() && integer_at(*config, "bits") > 0) return mlx_format(*config);
  if (method == "fp8") return config->contains("weight_block_size") ? "fp8_block" : "fp8";
  if (method == "gptq") return integer_at(*config, "bits") == 8 ? "INT8_W8A16" : "gptq";
  if (method == "bitnet") return "ternary";
  if (method == "bitsandbytes") return flag_at(*config, "load_in_4bit") ? "bnb-nf4" : "bnb-int8";
  if (method == "modelopt") return text_at(*config, "quant_algo") == "FP8" ? "fp8" : "nvfp4";
  if (method == "compressed-tensors") {
    const std::string format = compressed_format(*config);
    return format.empty() ? method : format;
  }
  return method;
}

}  // namespace foretoken::model
