#pragma once

/// What the fit of quantization losses found, and how well losses of unseen models are foretold.

#include <string>

#include "calibrate/quality_fit.h"
#include "validate/quality.h"

namespace foretoken::app {

std::string quality_fit_text(const sim::QualityCoefficients& fitted,
                             const calibrate::QualityCases& cases);

std::string quality_card_text(const validate::QualityCard& card, bool markdown);
std::string quality_card_json(const validate::QualityCard& card);

}  // namespace foretoken::app
