#pragma once

/// A scorecard for programs. Keys are relied on by others: add some, never rename any. Shares and
/// errors are fractions.

#include <string>

#include "validate/scorecard.h"

namespace foretoken::app {

std::string scorecard_json(const validate::Scorecard& card);

}  // namespace foretoken::app
