#pragma once

/// Renders what a few rows of an unseen device buy.

#include <string>

#include "validate/few_shot.h"

namespace foretoken::app {

std::string few_shot_text(const validate::FewShotCard& card, bool markdown);
std::string few_shot_json(const validate::FewShotCard& card);

}  // namespace foretoken::app
