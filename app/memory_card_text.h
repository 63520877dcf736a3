#pragma once

/// How well memory is foretold, as tables and as JSON.

#include <string>

#include "validate/memory.h"

namespace foretoken::app {

std::string memory_card_text(const validate::MemoryCard& card, bool markdown);
std::string memory_card_json(const validate::MemoryCard& card);

}  // namespace foretoken::app
