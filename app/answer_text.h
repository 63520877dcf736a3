#pragma once

/// A single prediction in at most six lines.

#include <string>

#include "app/answer.h"

namespace foretoken::app {

std::string answer_text(const Answer& answer);

/// The operators of the step, largest share first as they stand in the step.
std::string ops_text(const sim::Report& report);

}  // namespace foretoken::app
