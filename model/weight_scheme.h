#pragma once

/// Which number format each tensor of a model has under a named weight format: the tensor mix of a
/// llama.cpp preset ("Q4_K_M"), a uniform format ("fp8"), or a grouped one with 16-bit embedding
/// and head ("awq"). Schemes are data: `data/formats/schemes/*.yaml`.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/number_format.h"
#include "model/llm.h"
#include "model/tensors.h"

namespace foretoken::model {

/// The formats of one model's tensors, parallel to `tensors_of(llm)`.
struct WeightAssignment {
  std::string scheme;
  std::vector<Tensor> tensors;
  std::vector<FormatId> formats;

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
  /// Canonical id of a scheme name or alias ("q4_k_m" -> "Q4_K_M"); "" when unknown.
  std::string find(std::string_view name) const;
  /// The format of every tensor of `llm` under `scheme`; throws Error with a suggestion when
  /// unknown.
  WeightAssignment assign(std::string_view scheme, const Llm& llm, const FormatTable& table) const;
  /// Activation format the scheme states ("int8" for w8a8), or "" when 16-bit.
  std::string activation_format(std::string_view scheme) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace foretoken::model
