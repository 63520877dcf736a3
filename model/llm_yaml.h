#pragma once

/// The product's own file for an architecture, `data/models/<id>.yaml`: made to be written by hand.
///
///     schema: 1
///     id: example-2b
///     name: Example/Example-2B
///     family: example
///     arch_class: swa
///     hidden: 2304
///     vocab: 256000
///     tied_embeddings: true
///     layers: (SA)13
///     layer_types:
///       S:
///         attention: {heads: 8, kv_heads: 4, head_dim: 256, window: 4096}
///         ffn: {width: 9216}
///       A:
///         attention: {heads: 8, kv_heads: 4, head_dim: 256}
///         ffn: {width: 9216}
///     source: where the shapes stand

#include <string>
#include <string_view>

#include "model/llm.h"

namespace foretoken::model {

/// Throws ConfigError for bad content, Error when the file cannot be read.
Llm read_llm(const std::string& path);
/// The same from text; `name` stands for the file in messages.
Llm parse_llm(std::string_view text, const std::string& name);

}  // namespace foretoken::model
