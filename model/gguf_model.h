#pragma once

/// Architectures and the exact weight formats of a GGUF file, from its head alone.

#include <string>

#include "base/number_format.h"
#include "model/gguf_split.h"
#include "model/llm.h"
#include "model/weight_scheme.h"

namespace foretoken::model {

struct GgufModel {
  Llm llm;
  WeightAssignment weights;  ///< the file's own tensors; the scheme is the file type's name
};

/// Throws Error with file and byte for what is no sound GGUF file, ConfigError for a sound one that
/// is no model known here: an unknown architecture, missing keys, tensors that contradict them.
GgufModel read_gguf_model(const std::string& path, const FormatTable& formats,
                          const SchemeTable& schemes);
/// The same from a head that was read.
GgufModel gguf_model(const GgufFile& file, const FormatTable& formats, const SchemeTable& schemes);

/// Whether a file of that path is there and begins like a GGUF file or is named like one.
bool is_gguf_file(const std::string& path);

}  // namespace foretoken::model
