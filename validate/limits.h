#pragma once

/// The bars that held-out errors must stay under, so that accuracy cannot slip unseen. Read from
/// `data/limits.yaml`:
///
///     device:                # what is left out
///       rockchip-npu: {median: 0.10, p90: 0.25, covered: 0.80}
///
/// as fractions; `covered` is the least share of rows inside the 90 % interval.

#include <map>
#include <string>
#include <vector>

#include "validate/scorecard.h"

namespace foretoken::validate {

struct Limit {
  std::string pool;
  double median = 0;
  double p90 = 0;
  double covered = 0;
};

/// By what is left out: "device", "model", "pair".
using Limits = std::map<std::string, std::vector<Limit>>;

/// Throws ConfigError with every fault of the file.
Limits read_limits(const std::string& path);
Limits parse_limits(std::string_view text, const std::string& name);

/// One line for each bar that the scorecard's pools do not keep, and for each barred pool among
/// `pools` (all when empty) that has no rows. Throws Error when the limits have none for what the
/// scorecard leaves out.
std::vector<std::string> beyond_limits(const Scorecard& card, const Limits& limits,
                                       const std::vector<std::string>& pools);

}  // namespace foretoken::validate
