#pragma once

/// Sustained rates of warm machines, measured beside foretold, as a table and as JSON.

#include <string>

#include "validate/sustained.h"

namespace foretoken::app {

std::string sustained_card_text(const validate::SustainedCard& card, bool markdown);
std::string sustained_card_json(const validate::SustainedCard& card);

}  // namespace foretoken::app
