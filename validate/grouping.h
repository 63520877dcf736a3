#pragma once

/// Groups of a scorecard.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "validate/scored_row.h"

namespace foretoken::validate {

/// Names that `--group-by` takes: pool, class, runtime, format_class, arch_class, arch_kind,
/// device, model, source, vendor.
std::vector<std::string> group_names();

/// "hybrid" where a layer has a recurrent mixer, "moe" where one has experts and none is recurrent,
/// else "dense".
std::string_view arch_kind(const model::Llm& llm);

/// "pool=llama.cpp-cuda"; "" when the row has no such attribute. `by` is one of `group_names()`.
std::string group_key(const ScoredRow& row, const std::string& by);

/// "pool=serving, arch_kind=moe" of an end-to-end row.
std::string kind_key(const ScoredRow& row);

/// "gemm bf16, m <= 64" for a kernel row.
std::string operator_key(const ScoredRow& row);

/// Groups across formats that a kernel row belongs to: decode-sized matrix products, attention over
/// a cache that the last-level cache does not hold.
std::vector<std::string> joint_operator_keys(const calibrate::KernelRow& kernel);

using Grouped = std::map<std::string, std::vector<const ScoredRow*>>;
std::vector<Group> groups_of(const Grouped& grouped);

}  // namespace foretoken::validate
