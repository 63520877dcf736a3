#pragma once

/// The weight format to assume when a question names none.

#include <string>

#include "hwdb/runtime.h"
#include "model/llm.h"
#include "sim/library.h"

namespace foretoken::app {

/// The format that the model was published in when the runtime would keep it, else the usual one of
/// the runtime. Throws Error when the runtime names none; the caller asks for one.
std::string default_format(const model::Llm& llm, const hwdb::Runtime& runtime,
                           const sim::Library& library);

}  // namespace foretoken::app
