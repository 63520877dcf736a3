#pragma once

/// A comparison as text, Markdown, CSV or JSON.

#include <string>

#include "validate/compare.h"

namespace foretoken::app {

/// One plain sentence: how much of the prediction is reached, whether that is inside the interval,
/// and where the predicted time goes.
std::string verdict_sentence(const validate::Comparison& comparison,
                             const validate::Verdict& verdict);

std::string comparison_text(const validate::Comparison& comparison,
                            const validate::Verdict& verdict, bool markdown);
std::string comparison_csv(const validate::Comparison& comparison);
std::string comparison_json(const validate::Comparison& comparison,
                            const validate::Verdict& verdict);

}  // namespace foretoken::app
