#pragma once

/// Everything that can be wrong with a data folder, found without stopping at the first fault.

#include <string>
#include <utility>
#include <vector>

#include "base/error.h"

namespace foretoken::app {

struct LintResult {
  std::vector<Fault> faults;
  std::vector<std::pair<std::string, std::size_t>> counts;  ///< "devices", how many
};

/// Reads every file of `folder`: devices, runtimes, formats, schemes, models, laws, coefficients.
/// Sub-folders that are not there are skipped. Throws Error when nothing of a data folder is in it.
LintResult lint_data(const std::string& folder);

}  // namespace foretoken::app
