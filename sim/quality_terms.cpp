#include "sim/quality_terms.h"

#include <map>
#include <utility>

namespace foretoken::sim {
namespace {

constexpr double kUnquantizedBits = 15.0;

/// Where a tensor stands, as far as its sensitivity is told apart; "" for what is never quantized
/// or only looked up.
std::string place_of(model::TensorRole role) {
  using enum model::TensorRole;
  switch (role) {
    case TokenEmbedding:
      return "embedding";
    case Output:
      return "output";
    case AttnV:
    case MlaVUp:
    case MlaKvDown:
      return "attn_v";
    case AttnK:
    case MlaKUp:
      return "attn_k";
    case AttnQ:
    case MlaQDown:
    case MlaQUp:
      return "attn_q";
    case AttnOutput:
    case MlaOutputDown:
    case SsmOut:
    case DeltaOut:
    case RwkvOutput:
    case ShortConvOut:
      return "attn_output";
    case FfnDown:
    case ExpertDown:
    case SharedDown:
      return "ffn_down";
    case FfnGate:
    case FfnUp:
    case ExpertGate:
    case ExpertUp:
    case SharedGate:
    case SharedUp:
      return "ffn_up";
    default:
      return "other";
  }
}

/// Rows that stand interleaved hold the same numbers: "Q4_K_R4" errs as "Q4_K".
std::string plain_name(const NumberFormat& format) {
  if (!format.interleaved) return format.id;
  const auto at = format.id.rfind("_R");
  return at == std::string::npos ? format.id : format.id.substr(0, at);
}

NoiseTerm term_of(std::string place, double share, const NumberFormat& format,
                  const QuantizedBy& by) {
  return {.place = std::move(place),
          .share = share,
          .format = plain_name(format),
          .kind = format.unpack.empty() ? format.kind : format.unpack,
          .bits = format.bytes_per_value() * 8.0,
          .quantizer = by.quantizer,
          .imatrix = by.imatrix};
}

/// The activations that kernels of GGUF's formats multiply with; no term for other formats.
void add_block_activations(const NumberFormat& format, std::vector<NoiseTerm>& terms) {
  const bool rounds = format.ggml_type && format.arithmetic == ArithmeticClass::Int8;
  if (!rounds) return;
  terms.push_back({.place = "block-activations",
                   .share = 1.0,
                   .format = "block-int8",
                   .kind = "block-int8",
                   .bits = 8.5});
}

bool is_layer(const std::string& place) { return place != "embedding" && place != "output"; }

}  // namespace

std::vector<NoiseTerm> weight_terms(const model::WeightAssignment& weights,
                                    const FormatTable& formats, const QuantizedBy& by) {
  std::map<std::pair<std::string, FormatId>, double> parameters;
  double in_layers = 0;
  bool has_output = false;
  for (std::size_t i = 0; i < weights.tensors.size(); ++i) {
    const model::Tensor& tensor = weights.tensors[i];
    if (!tensor.quantizable) continue;
    const std::string place = place_of(tensor.role);
    if (is_layer(place)) in_layers += tensor.params();
    has_output = has_output || place == "output";
    parameters[{place, weights.formats[i]}] += tensor.params();
  }
  std::vector<NoiseTerm> terms;
  for (const auto& [key, count] : parameters) {
    const NumberFormat& format = formats[key.second];
    if (format.bytes_per_value() * 8.0 >= kUnquantizedBits || in_layers <= 0.0) continue;
    // A tied embedding is the output matrix too, which is what it hurts as.
    const std::string place = key.first == "embedding" && !has_output ? "output" : key.first;
    terms.push_back(term_of(place, count / in_layers, format, by));
    if (place == "ffn_up") add_block_activations(format, terms);
  }
  return terms;
}

std::vector<NoiseTerm> uniform_terms(const model::Llm& llm, const NumberFormat& format,
                                     const QuantizedBy& by) {
  std::map<std::string, double> parameters;
  double in_layers = 0;
  for (const model::Tensor& tensor : model::tensors_of(llm)) {
    const std::string place = place_of(tensor.role);
    if (!tensor.quantizable || !is_layer(place)) continue;
    parameters[place] += tensor.params();
    in_layers += tensor.params();
  }
  std::vector<NoiseTerm> terms;
  if (format.bytes_per_value() * 8.0 >= kUnquantizedBits) return terms;
  for (const auto& [place, count] : parameters) {
    terms.push_back(term_of(place, count / in_layers, format, by));
  }
  add_block_activations(format, terms);
  return terms;
}

std::vector<NoiseTerm> kv_terms(const std::string& keys, const std::string& values,
                                const FormatTable& formats) {
  std::vector<NoiseTerm> terms;
  const std::pair<const char*, const std::string*> halves[] = {{"kv_keys", &keys},
                                                               {"kv_values", &values}};
  for (const auto& [place, name] : halves) {
    FormatId id{};
    if (name->empty() || !formats.find(*name, id)) continue;
    const NumberFormat& format = formats[id];
    if (format.bytes_per_value() * 8.0 >= kUnquantizedBits) continue;
    terms.push_back(term_of(place, 0.5, format, {}));
  }
  return terms;
}

std::vector<NoiseTerm> activation_terms(const std::string& arithmetic) {
  if (arithmetic.empty()) return {};
  const double bits = arithmetic == "int8" || arithmetic == "fp8" ? 8.0 : 4.0;
  return {{.place = "activations",
           .share = 1.0,
           .format = arithmetic,
           .kind = arithmetic,
           .bits = bits}};
}

}  // namespace foretoken::sim
