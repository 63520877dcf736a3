#pragma once

/// Architectures from a Hugging Face `config.json`. A multimodal file gives its language model.
/// Model types without an entry in `hf_family` are read as llama-like when they have llama's keys.

#include <string>
#include <string_view>

#include "model/llm.h"

namespace foretoken::model {

/// Throws ConfigError for bad content (file, line, key, what was expected), Error when the file
/// cannot be read. The id is the file's stem, or its folder's name when the file is `config.json`.
Llm read_hf_config(const std::string& path);
/// The same from text; `name` stands for the file in messages and `id` becomes the id.
Llm parse_hf_config(std::string_view text, const std::string& name, const std::string& id);

}  // namespace foretoken::model
