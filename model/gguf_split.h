#pragma once

/// A GGUF model that may lie in several files, `name-00001-of-00005.gguf` and so on: metadata stand
/// in the first, tensors in all.

#include <string>

#include "base/number_format.h"
#include "model/gguf_header.h"

namespace foretoken::model {

struct GgufFile {
  GgufHeader header;  ///< of the first file, with the tensors of all
  int parts = 1;
};

/// Reads all parts; any of them may be named. Throws Error.
GgufFile read_gguf_file(const std::string& path, const FormatTable& formats);

/// The stem without "-00001-of-00005".
std::string gguf_stem(const std::string& path);

}  // namespace foretoken::model
