#pragma once

/// What a GGUF file calls its mix of tensor formats, `general.file_type`.

#include <string>

#include "model/gguf_header.h"

namespace foretoken::model {

/// "Q4_K_M" by the number in the file; "mostly Q4_K", by bytes, where it states none that is known.
std::string gguf_file_type(const GgufHeader& header, const FormatTable& formats);

}  // namespace foretoken::model
