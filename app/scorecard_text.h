#pragma once

/// A scorecard for people: the groups with baselines beside them, the worst rows, what was skipped.

#include <string>
#include <vector>

#include "validate/scorecard.h"

namespace foretoken::app {

enum class ScorecardStyle { Text, Markdown };

std::string scorecard_text(const validate::Scorecard& card, ScorecardStyle style);

/// Groups of more rows than this count when it is asked whether a baseline is beaten.
inline constexpr std::size_t kCountingRows = 20;

/// Groups in which a baseline's median error is not larger than ours, as sentences.
std::vector<std::string> unbeaten(const validate::Scorecard& card);

}  // namespace foretoken::app
