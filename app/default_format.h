#pragma once

/// The weight format to assume when a question names none.

#include <string>

#include "hwdb/runtime.h"
#include "model/llm.h"
#include "sim/library.h"

namespace foretoken::app {

/// The usual format of the runtime. Where that is 16-bit the runtime loads files as they are
/// published, so a model published in another format keeps its own. Throws Error when the runtime
/// names none.
std::string default_format(const model::Llm& llm, const hwdb::Runtime& runtime,
                           const sim::Library& library);

}  // namespace foretoken::app
