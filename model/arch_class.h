#pragma once

/// The coarse kind of an architecture by its layers, as `arch_class` of a model file names it.

#include <string>

#include "model/llm.h"

namespace foretoken::model {

/// "dense", "moe", "swa", "moe-swa", "mla", "mla-dense", "hybrid", "hybrid-moe" or "ssm".
std::string arch_class_of(const Llm& llm);

}  // namespace foretoken::model
