#pragma once

#include <string>

#include "validate/scorecard.h"

namespace foretoken::app {

/// One line a predicted row: seconds measured and predicted, the probability that the prediction
/// gave to a shorter time, and the half width of its 90 % interval in ln.
std::string rows_csv(const validate::Scorecard& card);

}  // namespace foretoken::app
