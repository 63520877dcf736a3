#include "model/weight_scheme.h"

#include <cctype>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/suggest.h"
#include "model/scheme_rule.h"
#include "model/scheme_yaml.h"

namespace foretoken::model {
namespace {

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

constexpr std::string_view kMtpSuffix = " + MTP";

/// A scheme's name and whether it is asked for with the prediction layers.
struct SchemeName {
  std::string_view scheme;
  bool holds_mtp = false;
};

/// Blanks around the plus are as one likes.
SchemeName parse_name(std::string_view name) {
  const std::size_t plus = name.rfind('+');
  if (plus == std::string_view::npos) return {name};
  std::size_t tail = plus + 1;
  while (tail < name.size() && name[tail] == ' ') ++tail;
  if (lower_case(name.substr(tail)) != "mtp") return {name};
  std::size_t end = plus;
  while (end > 0 && name[end - 1] == ' ') --end;
  return {.scheme = name.substr(0, end), .holds_mtp = true};
}

bool is_self_attention(TensorRole role) {
  return role == TensorRole::AttnQ || role == TensorRole::AttnK || role == TensorRole::AttnV ||
         role == TensorRole::AttnOutput || role == TensorRole::AttnGate;
}

/// Walks the tensors in order and tells each one's name and position as the rules count them.
class PlaceFinder {
 public:
  PlaceFinder(const Llm& llm, const ModelTraits& traits) : llm_(llm), traits_(traits) {}

  TensorPlace place_of(const Tensor& tensor) {
    if (tensor.layer != layer_) enter(tensor.layer);
    TensorPlace place{.name = name_of(tensor.role), .count = traits_.layers};
    if (is_self_attention(tensor.role)) {
      place.position = attention_layers_ - 1;
      place.count = traits_.value_tensors;
    } else if (tensor.layer < 0) {
      place.position = place.count - 1;  // prediction layers come after all others
    } else {
      // Mixtures of experts are counted by layer; elsewhere the layers without FFN do not count.
      place.position = traits_.experts > 1 ? tensor.layer : ffn_layers_ - 1;
    }
    return place;
  }

 private:
  void enter(int layer) {
    layer_ = layer;
    if (layer < 0) return;
    const Layer& entered = llm_.layers[static_cast<std::size_t>(layer)];
    if (entered.attention) ++attention_layers_;
    if (entered.dense || entered.moe) ++ffn_layers_;
  }

  std::string_view name_of(TensorRole role) const {
    if (role == TensorRole::TokenEmbedding && traits_.tied) return text_of(TensorRole::Output);
    const bool is_qkv =
        role == TensorRole::AttnQ || role == TensorRole::AttnK || role == TensorRole::AttnV;
    if (is_qkv && traits_.fused_qkv) return "attn_qkv";
    return text_of(role);
  }

  const Llm& llm_;
  const ModelTraits& traits_;
  int layer_ = -1;
  std::int64_t attention_layers_ = 0;
  std::int64_t ffn_layers_ = 0;
};

bool divides(const NumberFormat& format, std::int64_t row_length) {
  return row_length % format.values_per_block == 0;
}

FormatId fitting(FormatId format, const Scheme& scheme, std::int64_t row_length,
                 const FormatTable& table) {
  if (!scheme.last_fallback) return format;
  // Each fallback has a smaller block than the one before, so this ends.
  while (!divides(table[format], row_length)) {
    const auto next = scheme.fallbacks.find(format);
    if (next == scheme.fallbacks.end() ||
        table[next->second].values_per_block >= table[format].values_per_block) {
      return *scheme.last_fallback;
    }
    format = next->second;
  }
  return format;
}

FormatId format_of(const Tensor& tensor, const TensorPlace& place, const Scheme& scheme,
                   const ModelTraits& traits, const FormatTable& table) {
  const bool base_is_float = table[scheme.base].kind == "float";
  const bool is_head = place.name == text_of(TensorRole::Output);
  FormatId format = scheme.base;
  if (!tensor.quantizable) format = scheme.unquantized;
  if (tensor.role == TensorRole::TokenEmbedding || tensor.role == TensorRole::PerLayerTable) {
    format = scheme.embedding;
  }
  if (is_head) {
    format = scheme.head;
    if (scheme.head_fallback && !divides(table[format], tensor.row_length)) {
      format = *scheme.head_fallback;
    }
  }
  for (const SchemeRule& rule : scheme.rules) {
    if (!fits(rule, place, traits, base_is_float)) continue;
    format = rule.format;
    break;
  }
  return fitting(format, scheme, tensor.row_length, table);
}

}  // namespace

struct SchemeTable::Impl {
  std::vector<Scheme> schemes;
  std::map<std::string, std::size_t, std::less<>> exact;
  std::map<std::string, std::size_t, std::less<>> folded;

  const Scheme* find(std::string_view name) const {
    if (const auto at = exact.find(name); at != exact.end()) return &schemes[at->second];
    if (const auto at = folded.find(lower_case(name)); at != folded.end()) {
      return &schemes[at->second];
    }
    return nullptr;
  }

  const Scheme& require(std::string_view name) const {
    if (const Scheme* scheme = find(name)) return *scheme;
    std::vector<std::string> known;
    for (const auto& [text, index] : exact) known.push_back(text);
    throw Error(fmt::format("unknown weight format '{}'{}", name, did_you_mean(name, known)));
  }
};

std::string WeightAssignment::name() const {
  return holds_mtp ? scheme + std::string(kMtpSuffix) : scheme;
}

Bytes WeightAssignment::total_bytes(const FormatTable& table) const {
  Bytes sum{};
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const Tensor& tensor = tensors[i];
    const double rows = static_cast<double>(tensor.rows) * static_cast<double>(tensor.copies);
    sum += table[formats[i]].bytes_of(rows, static_cast<double>(tensor.row_length));
  }
  return sum * bytes_factor;
}

SchemeTable::SchemeTable() : impl_(std::make_unique<Impl>()) {}
SchemeTable::~SchemeTable() = default;
SchemeTable::SchemeTable(SchemeTable&&) noexcept = default;
SchemeTable& SchemeTable::operator=(SchemeTable&&) noexcept = default;

SchemeTable SchemeTable::read(const std::string& folder, const FormatTable& table) {
  SchemeTable result;
  Impl& impl = *result.impl_;
  impl.schemes = read_schemes(folder, table);
  for (std::size_t i = 0; i < impl.schemes.size(); ++i) {
    const Scheme& scheme = impl.schemes[i];
    impl.exact.emplace(scheme.id, i);
    for (const std::string& alias : scheme.aliases) impl.exact.emplace(alias, i);
  }
  for (std::size_t i = 0; i < impl.schemes.size(); ++i) {
    impl.folded.emplace(lower_case(impl.schemes[i].id), i);
  }
  for (const auto& [name, index] : impl.exact) impl.folded.emplace(lower_case(name), index);
  return result;
}

std::vector<std::string> SchemeTable::ids() const {
  std::vector<std::string> names;
  for (const auto& [name, index] : impl_->exact) names.push_back(name);
  return names;
}

std::string SchemeTable::find(std::string_view name) const {
  const SchemeName parsed = parse_name(name);
  const Scheme* scheme = impl_->find(parsed.scheme);
  if (scheme == nullptr) return {};
  return parsed.holds_mtp ? scheme->id + std::string(kMtpSuffix) : scheme->id;
}

WeightAssignment SchemeTable::assign(std::string_view scheme, const Llm& llm,
                                     const FormatTable& table) const {
  const SchemeName name = parse_name(scheme);
  const Scheme& stated = impl_->require(name.scheme);
  const ModelTraits traits = traits_of(llm);
  WeightAssignment assignment{.scheme = stated.id,
                              .holds_mtp = name.holds_mtp,
                              .tensors = tensors_of(llm),
                              .formats = {},
                              .approximate = stated.approximate,
                              .bytes_factor = stated.bytes_factor};
  if (name.holds_mtp) {
    std::vector<Tensor> more = mtp_tensors_of(llm);
    if (more.empty()) {
      throw Error(
          fmt::format("model '{}' has no multi-token-prediction layers for '{}'", llm.id, scheme));
    }
    assignment.tensors.insert(assignment.tensors.end(), more.begin(), more.end());
  }
  PlaceFinder places(llm, traits);
  assignment.formats.reserve(assignment.tensors.size());
  for (const Tensor& tensor : assignment.tensors) {
    assignment.formats.push_back(format_of(tensor, places.place_of(tensor), stated, traits, table));
  }
  return assignment;
}

std::string SchemeTable::activation_format(std::string_view scheme) const {
  return impl_->require(parse_name(scheme).scheme).activations;
}

std::string SchemeTable::quantizer(std::string_view scheme) const {
  return impl_->require(parse_name(scheme).scheme).quantizer;
}

}  // namespace foretoken::model
