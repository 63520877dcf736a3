#include <algorithm>
#include <map>

#include "app/tradeoff.h"
#include "base/error.h"

namespace foretoken::app {
namespace {

using hwdb::WeightLayout;

/// Types of llama.cpp itself; those of forks have larger numbers.
constexpr std::uint32_t kFirstForkType = 100;

const model::Tensor* first_norm(const model::WeightAssignment& weights, std::size_t& at) {
  for (at = 0; at < weights.tensors.size(); ++at) {
    if (weights.tensors[at].role == model::TensorRole::Norm) return &weights.tensors[at];
  }
  return nullptr;
}

/// Whether files of the layout hold weights so.
bool lies_so(const model::WeightAssignment& weights, WeightLayout layout,
             const FormatTable& formats) {
  std::size_t norm = 0;
  const bool has_norm = first_norm(weights, norm) != nullptr;
  const std::string norms = has_norm ? formats[weights.formats[norm]].id : "";
  const bool wide_norms = norms == "F32";
  const auto any = [&](auto holds) {
    return std::any_of(weights.formats.begin(), weights.formats.end(),
                       [&](FormatId id) { return holds(formats[id]); });
  };
  const bool all_ggml = !any([](const NumberFormat& f) { return !f.ggml_type.has_value(); });
  const bool forked =
      any([](const NumberFormat& f) { return f.ggml_type.value_or(0) >= kFirstForkType; });
  const bool exl = any([](const NumberFormat& f) { return f.id.starts_with("exl"); });
  switch (layout) {
    case WeightLayout::Gguf:
      return all_ggml && wide_norms && !forked;
    case WeightLayout::GgufFork:
      return all_ggml && wide_norms;
    case WeightLayout::Mlx:
      return weights.scheme.starts_with("mlx-");
    case WeightLayout::Exllama:
      return exl;
    case WeightLayout::Mlc:
      return weights.scheme.starts_with("mlc-");
    case WeightLayout::Checkpoint:
      return norms == "BF16" || weights.scheme == "fp16";
    case WeightLayout::Compiled:
      return norms == "F16" && !exl && !weights.scheme.starts_with("ml");
  }
  return false;
}

/// The device has the arithmetic that quantized activations are multiplied in.
bool has_arithmetic(const std::string& activations, const hwdb::Device& device) {
  if (activations.empty()) return true;
  for (const ArithmeticClass c :
       {ArithmeticClass::Fp8, ArithmeticClass::Int8, ArithmeticClass::Int4, ArithmeticClass::Fp4}) {
    if (hwdb::text_of(c) == activations) return device.peak_of(c).has_value();
  }
  return false;
}

}  // namespace

std::vector<std::string> formats_for(const hwdb::Runtime& runtime, const hwdb::Device& device,
                                     const model::Llm& llm, const sim::Library& library) {
  if (!runtime.weight_layout) {
    throw Error("runtime '" + runtime.id +
                "' does not state its weight_layout, which says what formats it reads; name some "
                "with -q");
  }
  std::vector<std::string> names;
  // Recipes that give every tensor of this model the same format are one: the shortest name.
  std::map<std::vector<FormatId>, std::string> by_formats;
  for (const std::string& id : library.schemes.ids()) {
    if (library.schemes.find(id) != id) continue;  // an alias
    if (id == "F32") continue;  // twice the bytes of what models are published in
    const model::WeightAssignment weights = library.schemes.assign(id, llm, library.formats);
    if (weights.approximate || id.find(' ') != std::string::npos) continue;
    if (!lies_so(weights, *runtime.weight_layout, library.formats)) continue;
    const std::string activations = library.schemes.activation_format(id);
    if (!has_arithmetic(activations, device)) continue;
    // The same weights with other activations, or rounded by another tool, are another choice.
    std::vector<FormatId> key = weights.formats;
    if (!activations.empty() || !library.schemes.quantizer(id).empty()) key.clear();
    if (key.empty()) {
      names.push_back(id);
      continue;
    }
    const auto [at, is_new] = by_formats.emplace(std::move(key), id);
    if (!is_new && id.size() < at->second.size()) at->second = id;
  }
  for (const auto& [formats, id] : by_formats) names.push_back(id);
  std::sort(names.begin(), names.end());
  if (names.empty()) {
    throw Error("no weight format of runtime '" + runtime.id + "' is known; name some with -q");
  }
  return names;
}

}  // namespace foretoken::app
