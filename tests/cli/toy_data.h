#pragma once

/// The invented machines, model and laws of tests/golden/data with a small set of coefficients, in
/// a folder of its own. Answers from it move when the program changes, not when the calibration
/// does.

#include <string>

namespace foretoken::test {

/// Made at the first call, removed when the test program ends.
const std::string& toy_data();

}  // namespace foretoken::test
