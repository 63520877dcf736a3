#pragma once

/// Text to quantity and back: "4.8 TB/s", "24 GiB", "1.98 GHz", "35 us", "132 pJ/B". TB is 1e12 and
/// TiB is 2^40; both are legal, so neither can be mistaken. A number without its unit is refused.

#include <optional>
#include <string>
#include <string_view>

#include "base/quantity.h"

namespace foretoken {

/// A number and the dimension its unit has.
struct ParsedQuantity {
  double base = 0.0;
  Dim dim;
};

/// Parses "<number> <unit>"; nullopt when the text is not exactly that or the number is not finite.
std::optional<ParsedQuantity> parse_quantity_text(std::string_view text);

/// Parses a quantity of type Q; nullopt when the text or its dimension is wrong.
template <typename Q>
std::optional<Q> parse_quantity(std::string_view text) {
  const auto parsed = parse_quantity_text(text);
  if (!parsed || !(parsed->dim == Q::kDim)) return std::nullopt;
  return Q::of(parsed->base);
}

/// An example of a quantity of this dimension, for messages: "4.8 TB/s".
std::string example_of(Dim dim);

/// The base unit's symbol: "B/s", "s", "FLOP/s", "" for a plain number.
std::string unit_symbol(Dim dim);

/// `value` base units with an SI prefix and about `digits` significant digits: "1.01 TB/s".
std::string format_quantity(double value, Dim dim, int digits = 3);

template <Dim D>
std::string format_quantity(const Quantity<D>& q, int digits = 3) {
  return format_quantity(q.base(), D, digits);
}

}  // namespace foretoken
