#pragma once

/// Groups of a scorecard.

#include <map>
#include <string>
#include <vector>

#include "validate/scored_row.h"

namespace foretoken::validate {

/// Names that `--group-by` takes: pool, class, runtime, format_class, arch_class, device, model,
/// source, vendor.
std::vector<std::string> group_names();

/// "pool=llama.cpp-cuda"; "" when the row has no such attribute. `by` is one of `group_names()`.
std::string group_key(const ScoredRow& row, const std::string& by);

/// "gemm bf16, m <= 64" for a kernel row.
std::string operator_key(const ScoredRow& row);

using Grouped = std::map<std::string, std::vector<const ScoredRow*>>;
std::vector<Group> groups_of(const Grouped& grouped);

}  // namespace foretoken::validate
