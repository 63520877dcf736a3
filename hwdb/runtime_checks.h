#pragma once

/// Sanity rules on runtime files.

#include <string>
#include <vector>

#include "base/error.h"
#include "hwdb/runtime.h"

namespace foretoken::hwdb {

/// Contradictions of one runtime: a class with two pools, a default for a class it does not run on,
/// a fill-in of the check command that nobody fills.
std::vector<Fault> runtime_faults(const Runtime& runtime);

/// Every fault of a folder of runtime files: unreadable files, contradictions, names that two
/// runtimes claim, two defaults for the same devices.
std::vector<Fault> runtime_folder_faults(const std::string& folder);

}  // namespace foretoken::hwdb
