#pragma once

/// What a Hugging Face `model_type` implies without saying so in its `config.json`: biases, norms
/// and gates that the modelling code has built in.

#include <string_view>

namespace foretoken::model {

enum class QkNorm : unsigned char { None, Head, Full };
enum class OutputGate : unsigned char { None, Head, Element };
/// What `sliding_window` means where no list says which layers have it.
enum class WindowRule : unsigned char { All, EverySecond, ByPattern, None };

struct HfFamily {
  std::string_view model_type;
  std::string_view family;  ///< the name this product uses
  bool qkv_bias = false;
  bool o_bias = false;    ///< also when `attention_bias` is true, unless `only_qkv`
  bool only_qkv = false;  ///< `attention_bias` does not reach the output projection
  bool mlp_bias = false;
  QkNorm qk_norm = QkNorm::None;
  OutputGate gate = OutputGate::None;
  int norms = 2;
  int norm_width = 1;
  bool gated = true;
  bool parallel_block = false;
  bool fused_qkv = false;
  bool sub_norms = false;
  bool embed_norm = false;
  bool lm_head_bias = false;
  int extra_position_rows = -1;  ///< learned positions beyond the context; -1: none are learned
  bool tied = false;             ///< when the file does not say
  WindowRule window = WindowRule::All;
  bool router_bias = false;
  bool shared_gate = false;
  int ffn_multiple = 0;  ///< FFN width over hidden width when the file gives none; 0: it must
  int dense_layers = 0;  ///< leading dense layers when the file does not say
};

/// The entry of a model type; llama's for types that are not known.
const HfFamily& hf_family(std::string_view model_type);
bool is_known_model_type(std::string_view model_type);

}  // namespace foretoken::model
