#pragma once

/// What must hold between the numbers of one architecture, beyond the range of each.

#include <string>
#include <vector>

#include "model/llm.h"

namespace foretoken::model {

/// Largest accepted distance between computed and published parameter count, relative.
inline constexpr double kPublishedParamsTolerance = 0.01;

/// One sentence for each contradiction; empty when there is none.
std::vector<std::string> llm_faults(const Llm& llm);

/// Computed over published parameter count less one, with multi-token-prediction layers added where
/// the published count has them; 0 when nothing is published.
double published_params_error(const Llm& llm);

}  // namespace foretoken::model
