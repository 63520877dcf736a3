#pragma once

/// The usual causes of a run that is not what was predicted, as far as its own data show them.

#include <string>
#include <vector>

#include "sim/library.h"

namespace foretoken::validate {

struct Comparison;
struct Verdict;

/// Whole sentences; none where the run is as predicted. The verdict's other members must be set.
std::vector<std::string> hints_of(const Comparison& comparison, const Verdict& verdict,
                                  const sim::Library& library);

}  // namespace foretoken::validate
