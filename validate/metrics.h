#pragma once

/// Error metrics over scored rows.

#include <vector>

#include "validate/scored_row.h"

namespace foretoken::validate {

Metrics metrics_of(const std::vector<const ScoredRow*>& rows);
/// The same for a baseline in place of the prediction; coverage stays 0.
Metrics baseline_metrics(const std::vector<const ScoredRow*>& rows, int baseline);
std::array<Metrics, kBaselines> all_baselines(const std::vector<const ScoredRow*>& rows);

/// Mean Kendall tau-b of device ranking: over every (model, format, batch, context bucket) that at
/// least three devices were measured on, weighted by pairs. 0 when there is none.
double kendall_tau(const std::vector<const ScoredRow*>& rows);

}  // namespace foretoken::validate
