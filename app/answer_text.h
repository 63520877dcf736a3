#pragma once

/// A single prediction in at most six lines.

#include <string>

#include "app/answer.h"

namespace foretoken::app {

std::string answer_text(const Answer& answer);

/// The operators of the step in the order they run, and what the host takes.
std::string ops_text(const sim::Report& report);

}  // namespace foretoken::app
