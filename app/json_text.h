#pragma once

/// Small helpers for JSON that programs read: keys in a fixed order, whole numbers without a point.

#include <string>

#include <nlohmann/json.hpp>

#include "base/estimate.h"

namespace foretoken::app {

using Json = nlohmann::ordered_json;

/// A number; whole ones are written as integers, what is not finite as null.
Json json_number(double value);

/// {point, lo, hi, level} in base units.
template <typename Q>
Json json_estimate(const Estimate<Q>& estimate) {
  return {{"point", json_number(estimate.point.base())},
          {"lo", json_number(estimate.lo.base())},
          {"hi", json_number(estimate.hi.base())},
          {"level", json_number(estimate.level)}};
}

/// Indented, with a final newline. Text that is not UTF-8 is replaced, never an error.
std::string json_document(const Json& json);
/// One line with its newline.
std::string json_line(const Json& json);

}  // namespace foretoken::app
