#pragma once

/// Which number format each tensor of a model has under a named weight format: the tensor mix of a
/// llama.cpp preset ("Q4_K_M"), a uniform format ("fp8"), or a grouped one with 16-bit embedding
/// and head ("awq"). Schemes are data: `data/formats/schemes/*.yaml`. Any of them may be named with
/// " + MTP" behind it, for a file that holds the model's multi-token-prediction layers too.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/number_format.h"
#include "model/llm.h"
#include "model/tensors.h"

namespace foretoken::model {

/// The formats of one model's tensors: those of `tensors_of(llm)`, then those of `mtp_tensors_of`
/// where the file holds them. Read from a weight file, it holds that file's own tensors instead,
/// with what the file has beyond the shapes (gguf_weights.h).
struct WeightAssignment {
  std::string scheme;  ///< without " + MTP"
  std::string file;    ///< the weight file that states every tensor's format; "": a scheme does
  bool holds_mtp = false;
  std::vector<Tensor> tensors;
  std::vector<FormatId> formats;
  /// true: the tensor mix is a likeness of a recipe that only its file tells.
  bool approximate = false;
  /// What measured files of such a recipe hold, relative to the mix.
  double bytes_factor = 1.0;

  /// As the question named it: the scheme, and that it holds the prediction layers.
  std::string name() const;
  /// Bytes of all tensors: what the weights occupy in memory.
  Bytes total_bytes(const FormatTable& table) const;
};

class SchemeTable {
 public:
  /// Reads every `*.yaml` of the folder; formats are resolved in `table`. Throws ConfigError.
  static SchemeTable read(const std::string& folder, const FormatTable& table);
  SchemeTable();
  ~SchemeTable();
  SchemeTable(SchemeTable&&) noexcept;
  SchemeTable& operator=(SchemeTable&&) noexcept;

  /// Names and aliases known, for lists and suggestions.
  std::vector<std::string> ids() const;
  /// Canonical id of a scheme name or alias ("q4_k_m" -> "Q4_K_M"); "" when unknown. The exact
  /// spelling comes first, as "BF16" and "bf16" differ; then letter case is ignored.
  std::string find(std::string_view name) const;
  /// The format of every tensor of `llm` under `scheme`; throws Error with a suggestion when
  /// unknown, and when " + MTP" is asked of a model without such layers.
  WeightAssignment assign(std::string_view scheme, const Llm& llm, const FormatTable& table) const;
  /// Arithmetic class of the activations where the scheme states it ("int8" for w8a8), "" when they
  /// are 16-bit. Throws Error when the scheme is unknown.
  std::string activation_format(std::string_view scheme) const;
  /// What chose the rounded values where the scheme states it ("rtn", "gptq", "awq", "hqq",
  /// "exl2"), "" for formats with a tool of their own. Throws Error when the scheme is unknown.
  std::string quantizer(std::string_view scheme) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace foretoken::model
