#pragma once

/// What is asked of the GGUF reader for any bytes at all: a model, or an Error that says where; and
/// of a model, that everything the program does with one works and that its bytes are the file's.

#include <string_view>

namespace foretoken::test {

/// Reads `bytes` as a GGUF file and uses what comes of it. Whether the data part is there is told
/// by the last byte: even, the file is as long as `bytes`; odd, a terabyte follows that cannot be
/// read. Returns whether a model came of it; ends the program when something does not hold.
bool run_gguf(std::string_view bytes);

}  // namespace foretoken::test
