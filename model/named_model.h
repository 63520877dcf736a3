#pragma once

/// A model as a question names it: by a name of the catalogue, or by a file of any kind.

#include <optional>
#include <string>

#include "base/number_format.h"
#include "model/llm.h"
#include "model/llm_catalog.h"
#include "model/weight_scheme.h"

namespace foretoken::model {

struct NamedModel {
  Llm llm;
  std::optional<WeightAssignment> weights;  ///< of the very file, where a GGUF file was named
};

/// What models are looked up in.
struct ModelTables {
  const LlmCatalog& models;
  const FormatTable& formats;
  const SchemeTable& schemes;
};

/// Whether a file or folder of that path is there and is such that `find_model` reads it.
bool is_model_file(const std::string& path);

/// A GGUF file that is there goes before a name of the catalogue; everything else is
/// `LlmCatalog::find`. Throws Error or ConfigError.
NamedModel find_model(const std::string& name_or_path, const ModelTables& tables);

}  // namespace foretoken::model
