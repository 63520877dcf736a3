#pragma once

/// What a probe found, for people.

#include <string>

#include "probe/sample.h"

namespace foretoken::app {

/// Tables of the ladder, the launches, the matrix-vector kernels and attention; a column for each
/// number of threads. Noisy figures have a question mark.
std::string probe_text(const probe::Findings& findings);

}  // namespace foretoken::app
