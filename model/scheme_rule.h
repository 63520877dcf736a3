#pragma once

/// One scheme as its file states it: a base format and rules by tensor. Private to the scheme
/// reader and `SchemeTable`.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/number_format.h"
#include "model/llm.h"
#include "model/tensors.h"

namespace foretoken::model {

/// Where in the stack a rule holds, by the tensor's position i among n.
enum class LayerBand : std::uint8_t {
  All,
  First,           ///< i < n/8
  FirstSixteenth,  ///< i < n/16
  More,            ///< the first and last eighth and every third in between
  Middle,          ///< not in the first or last eighth
};
bool in_band(LayerBand band, std::int64_t position, std::int64_t count);

struct SchemeRule {
  std::vector<std::string> tensors;  ///< GGUF names; "ffn_down*" takes all that start so
  FormatId format{};
  LayerBand band = LayerBand::All;
  std::optional<std::int64_t> first_layers;
  std::optional<std::int64_t> min_gqa;  ///< query heads a KV head
  std::optional<std::int64_t> min_experts;
  std::optional<std::int64_t> experts;
  std::optional<std::int64_t> layer_count;
  std::vector<std::string> families;
  bool quantized = false;  ///< only where the base is not a float format
};

struct Scheme {
  std::string id;
  std::vector<std::string> aliases;
  FormatId base{};
  FormatId head{};
  FormatId embedding{};
  FormatId unquantized{};
  std::vector<SchemeRule> rules;  ///< the first that fits wins
  std::map<FormatId, FormatId> fallbacks;
  std::optional<FormatId> last_fallback;
  std::optional<FormatId> head_fallback;
  std::string activations;
  std::string quantizer;  ///< how the base came about, where its layout does not say
  bool approximate = false;
  double bytes_factor = 1.0;
};

/// What rules ask of a model, worked out once.
struct ModelTraits {
  std::int64_t gqa = 0;
  std::int64_t experts = 0;
  std::int64_t layers = 0;
  std::int64_t value_tensors = 0;  ///< layers with an attn_v or attn_qkv
  std::string family;
  bool tied = false;
  bool fused_qkv = false;
};
ModelTraits traits_of(const Llm& llm);

/// Place of a tensor for the bands: counted among attention tensors, or among FFN layers.
struct TensorPlace {
  std::string_view name;  ///< as rules name it: a tied embedding is "output"
  std::int64_t position = 0;
  std::int64_t count = 0;
};

bool fits(const SchemeRule& rule, const TensorPlace& place, const ModelTraits& traits,
          bool base_is_float);

}  // namespace foretoken::model
