#pragma once

/// Numbers for people: no more digits than the interval beside them justifies.

#include <string>

namespace foretoken::app {

/// Digits after the point so that the last one shown stands for a tenth to a third of the half
/// width `(hi - lo) / 2`, within two to four significant digits of `point`. Negative: tens and
/// hundreds are rounded away.
int decimals_for(double point, double lo, double hi);

/// `value` rounded to `decimals`, which may be negative: 1234 with -2 is "1200".
std::string rounded(double value, int decimals);

/// `value` with about `digits` significant digits and no exponent.
std::string significant(double value, int digits);

/// Bytes in GiB, MiB or KiB with three digits, unit included; GB-like decimal units are never used
/// for what memory holds.
std::string memory_text(double bytes);

/// A clock as people set it: "918 MHz", "2520 MHz".
std::string clock_text(double hertz);

/// A fraction as percent without a blank before the sign: 0.586 is "59 %".
std::string percent(double fraction, int decimals = 0);

}  // namespace foretoken::app
