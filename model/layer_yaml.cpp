#include "model/layer_yaml.h"

#include <cstdint>
#include <string_view>

namespace foretoken::model {
namespace {

constexpr std::int64_t kMaxSize = std::int64_t{1} << 24;
constexpr std::int64_t kMaxExtraParams = std::int64_t{1} << 40;

std::int64_t size(YamlMap& map, std::string_view key) { return map.integer(key, 1, kMaxSize); }
std::int64_t find_size(YamlMap& map, std::string_view key) {
  return map.find_integer(key, 1, kMaxSize).value_or(0);
}
bool flag(YamlMap& map, std::string_view key, bool otherwise = false) {
  return map.find_boolean(key).value_or(otherwise);
}

AttentionShape read_attention(YamlMap map) {
  AttentionShape a{.heads = size(map, "heads"),
                   .kv_heads = size(map, "kv_heads"),
                   .head_dim = size(map, "head_dim"),
                   .value_dim = find_size(map, "value_dim"),
                   .window = find_size(map, "window"),
                   .chunked = flag(map, "chunked"),
                   .qkv_bias = flag(map, "qkv_bias"),
                   .o_bias = flag(map, "o_bias"),
                   .sinks = flag(map, "sinks"),
                   .key_is_value = flag(map, "key_is_value"),
                   .reuses_kv = flag(map, "reuses_kv"),
                   .has_kv_weights = flag(map, "kv_weights", true),
                   .attn_sub_norm = flag(map, "sub_norm")};
  if (a.value_dim == 0) a.value_dim = a.head_dim;
  // One norm for all heads, or one parameter for every element of q and k.
  if (const auto norm = map.find_choice("qk_norm", {"head", "full"})) {
    a.qk_norm_params = *norm == "head" ? 2 * a.head_dim : (a.heads + a.kv_heads) * a.head_dim;
  }
  if (const auto gate = map.find_choice("gate", {"head", "element"})) {
    a.gate_outputs = *gate == "head" ? a.heads : a.heads * a.value_dim;
  }
  return a;
}

MlaShape read_mla(YamlMap map) {
  MlaShape a{.heads = size(map, "heads"),
             .q_lora_rank = find_size(map, "q_lora_rank"),
             .kv_lora_rank = find_size(map, "kv_lora_rank"),
             .nope_dim = size(map, "nope_dim"),
             .rope_dim = size(map, "rope_dim"),
             .value_dim = size(map, "value_dim"),
             .index_heads = find_size(map, "index_heads"),
             .compress_ratio = find_size(map, "compress_ratio"),
             .window = find_size(map, "window")};
  if (a.index_heads > 0) {
    a.index_dim = size(map, "index_dim");
    a.index_topk = size(map, "index_topk");
  }
  if (map.has("o_groups")) {
    a.o_groups = size(map, "o_groups");
    a.o_lora_rank = size(map, "o_lora_rank");
  }
  return a;
}

Mamba2Shape read_mamba(YamlMap map) {
  return {.heads = size(map, "heads"),
          .head_dim = size(map, "head_dim"),
          .state = size(map, "state"),
          .groups = size(map, "groups"),
          .conv = size(map, "conv"),
          .norm = flag(map, "norm", true)};
}

GatedDeltaNetShape read_delta_net(YamlMap map) {
  return {.key_heads = size(map, "key_heads"),
          .value_heads = size(map, "value_heads"),
          .key_dim = size(map, "key_dim"),
          .value_dim = size(map, "value_dim"),
          .conv = size(map, "conv")};
}

RwkvShape read_rwkv(YamlMap map) {
  RwkvShape a{.version = static_cast<int>(map.integer("version", 4, 7))};
  if (a.version == 4) return a;
  if (a.version != 7) map.fault("version", "RWKV versions 4 and 7 are known");
  a.head_dim = size(map, "head_dim");
  a.lora_w = size(map, "lora_w");
  a.lora_a = size(map, "lora_a");
  a.lora_v = find_size(map, "lora_v");
  a.lora_g = size(map, "lora_g");
  return a;
}

DenseFfn read_dense(YamlMap map) {
  return {.width = size(map, "width"),
          .gated = flag(map, "gated", true),
          .bias = flag(map, "bias"),
          .sub_norm = flag(map, "sub_norm")};
}

MoeFfn read_moe(YamlMap map) {
  return {.experts = size(map, "experts"),
          .experts_per_token = size(map, "experts_per_token"),
          .width = size(map, "width"),
          .shared_width = find_size(map, "shared_width"),
          .gated = flag(map, "gated", true),
          .expert_bias = flag(map, "expert_bias"),
          .router_bias = flag(map, "router_bias"),
          .shared_gate = flag(map, "shared_gate"),
          .latent = find_size(map, "latent")};
}

}  // namespace

Layer read_layer(YamlMap& map) {
  Layer layer;
  layer.norms = static_cast<int>(map.find_integer("norms", 0, 16).value_or(layer.norms));
  if (auto m = map.find_map("attention")) layer.attention = read_attention(*m);
  if (auto m = map.find_map("cross_attention")) layer.cross_attention = read_attention(*m);
  if (auto m = map.find_map("mla")) layer.mla = read_mla(*m);
  if (auto m = map.find_map("mamba")) layer.mamba = read_mamba(*m);
  if (auto m = map.find_map("delta_net")) layer.delta_net = read_delta_net(*m);
  if (auto m = map.find_map("rwkv")) layer.rwkv = read_rwkv(*m);
  if (auto m = map.find_map("short_conv")) {
    layer.short_conv = ShortConvShape{.kernel = size(*m, "kernel")};
  }
  if (auto m = map.find_map("ffn")) layer.dense = read_dense(*m);
  if (auto m = map.find_map("moe")) layer.moe = read_moe(*m);
  layer.extra_params = map.find_integer("extra_params", 1, kMaxExtraParams).value_or(0);
  return layer;
}

}  // namespace foretoken::model
