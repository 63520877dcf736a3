#pragma once

/// The bars that held-out errors must stay under, so that accuracy cannot slip unseen. Read from
/// `data/limits.yaml`:
///
///     device:                # what is left out
///       rockchip-npu: {median: 0.10, p90: 0.25, covered: 0.80}
///
///     energy:                # the same of joules, by device; "all" are all rows together
///       device:
///         all: {median: 0.30, p90: 0.60, covered: 0.85}
///
/// as fractions; `covered` is the least share of rows inside the 90 % interval.

#include <map>
#include <string>
#include <vector>

#include "validate/scorecard.h"

namespace foretoken::validate {

struct Limit {
  std::string pool;  ///< or device, or "all", of energies
  double median = 0;
  double p90 = 0;
  double covered = 0;
};

/// By what is left out: "device", "model", "pair"; "energy device" and so on for energies.
using Limits = std::map<std::string, std::vector<Limit>>;

/// Throws ConfigError with every fault of the file.
Limits read_limits(const std::string& path);
Limits parse_limits(std::string_view text, const std::string& name);

/// One line for each bar that the scorecard's pools (devices, of an energy card, which must be
/// grouped by device) do not keep, and for each barred one among `pools` (all when empty) that has
/// no rows. Throws Error when the limits have none for what the
/// scorecard leaves out.
std::vector<std::string> beyond_limits(const Scorecard& card, const Limits& limits,
                                       const std::vector<std::string>& pools);

}  // namespace foretoken::validate
