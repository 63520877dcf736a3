#include <cmath>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/unit_text.h"

namespace foretoken {
namespace {

rc::Gen<double> any_value() {
  return rc::gen::map(
      rc::gen::tuple(rc::gen::inRange(-1000000000, 1000000000), rc::gen::inRange(-20, 12)),
      [](const std::tuple<int, int>& parts) {
        return std::get<0>(parts) * std::pow(10.0, std::get<1>(parts));
      });
}

rc::Gen<Dim> any_dim() {
  return rc::gen::element(Bytes::kDim, Flops::kDim, Seconds::kDim, Joules::kDim, Tokens::kDim,
                          Hertz::kDim, BytesPerSecond::kDim, FlopsPerSecond::kDim, Watts::kDim,
                          TokensPerSecond::kDim, SecondsPerToken::kDim, JoulesPerToken::kDim,
                          kJouleDim - kByteDim, kFlopDim + kSecondDim);
}

RC_GTEST_PROP(UnitProperty, WhatIsFormattedInFullReadsBack, ()) {
  const double value = *any_value();
  const Dim dim = *any_dim();
  const std::string text = format_quantity(value, dim, 17);
  const auto parsed = parse_quantity_text(text);
  RC_ASSERT(parsed.has_value());
  RC_ASSERT(parsed->dim == dim);
  RC_ASSERT(std::abs(parsed->base - value) <= 1e-14 * std::abs(value));
}

RC_GTEST_PROP(UnitProperty, RoundingStaysWithinItsLastDigit, ()) {
  const double value = *any_value();
  const Dim dim = *any_dim();
  const int digits = *rc::gen::inRange(1, 8);
  const auto parsed = parse_quantity_text(format_quantity(value, dim, digits));
  RC_ASSERT(parsed.has_value());
  RC_ASSERT(std::abs(parsed->base - value) <=
            0.5001 * std::pow(10.0, 1 - digits) * std::abs(value));
}

RC_GTEST_PROP(UnitProperty, AnyTextIsReadOrRefused, (const std::string& text)) {
  const auto parsed = parse_quantity_text(text);
  if (parsed) RC_ASSERT(std::isfinite(parsed->base));
}

}  // namespace
}  // namespace foretoken
