#pragma once

/// Predictions for programs. Keys are relied on by others: add some, never rename any.

#include <string>
#include <vector>

#include "app/answer.h"

namespace foretoken::app {

/// An array, also of one. Numbers are in base units: tokens, seconds, bytes; shares are fractions.
std::string answers_json(const std::vector<Answer>& answers, bool with_ops);
/// One object a line.
std::string answers_json_lines(const std::vector<Answer>& answers, bool with_ops);

}  // namespace foretoken::app
