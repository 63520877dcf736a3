#pragma once

/// Many predictions, one line each.

#include <string>
#include <vector>

#include "app/answer.h"

namespace foretoken::app {

/// A ranked table for people; what all lines share stands once above it.
std::string answers_text(const std::vector<Answer>& answers);
/// The same columns for a document, everything in every row.
std::string answers_markdown(const std::vector<Answer>& answers);
/// Full precision, base units in the names of the columns.
std::string answers_csv(const std::vector<Answer>& answers);

}  // namespace foretoken::app
