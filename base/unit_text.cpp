#include "base/unit_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>

#include <fmt/format.h>

namespace foretoken {
namespace {

struct Prefix {
  std::string_view symbol;
  double factor;
};

// Largest first, so that formatting takes the first that fits.
constexpr std::array kSiPrefixes{
    Prefix{"P", 1e15}, Prefix{"T", 1e12}, Prefix{"G", 1e9},  Prefix{"M", 1e6},  Prefix{"k", 1e3},
    Prefix{"", 1e0},   Prefix{"m", 1e-3}, Prefix{"u", 1e-6}, Prefix{"n", 1e-9}, Prefix{"p", 1e-12}};
constexpr std::array kIecPrefixes{Prefix{"Pi", 1125899906842624.0}, Prefix{"Ti", 1099511627776.0},
                                  Prefix{"Gi", 1073741824.0}, Prefix{"Mi", 1048576.0},
                                  Prefix{"Ki", 1024.0}};

constexpr bool steps_are(const auto& prefixes, double step) {
  for (std::size_t i = 1; i < prefixes.size(); ++i) {
    const double ratio = prefixes[i - 1].factor / prefixes[i].factor / step;
    if (ratio < 1.0 - 1e-12 || ratio > 1.0 + 1e-12) return false;
  }
  return true;
}
static_assert(steps_are(kSiPrefixes, 1e3));
static_assert(steps_are(kIecPrefixes, 1024.0));

/// Which prefixes a unit is written with. "min" is a minute and "Mmin" nothing.
enum class Prefixes { None, Large, Small, Any, LargeOrIec };

struct Unit {
  std::string_view symbol;
  double factor;
  Dim dim;
  Prefixes prefixes;
};

constexpr Dim kRateDim = Dim{} - kSecondDim;

constexpr std::array kUnits{
    Unit{"B", 1.0, kByteDim, Prefixes::LargeOrIec},
    Unit{"bit", 0.125, kByteDim, Prefixes::LargeOrIec},
    Unit{"FLOP", 1.0, kFlopDim, Prefixes::Large},
    Unit{"OP", 1.0, kFlopDim, Prefixes::Large},
    Unit{"FLOPS", 1.0, kFlopDim - kSecondDim, Prefixes::Large},
    Unit{"OPS", 1.0, kFlopDim - kSecondDim, Prefixes::Large},
    Unit{"s", 1.0, kSecondDim, Prefixes::Small},
    Unit{"min", 60.0, kSecondDim, Prefixes::None},
    Unit{"h", 3600.0, kSecondDim, Prefixes::None},
    Unit{"Hz", 1.0, kRateDim, Prefixes::Large},
    Unit{"W", 1.0, kJouleDim - kSecondDim, Prefixes::Any},
    Unit{"J", 1.0, kJouleDim, Prefixes::Any},
    Unit{"Wh", 3600.0, kJouleDim, Prefixes::Large},
    Unit{"tok", 1.0, kTokenDim, Prefixes::Large},
    Unit{"token", 1.0, kTokenDim, Prefixes::None},
    Unit{"tokens", 1.0, kTokenDim, Prefixes::None},
    Unit{"T", 1.0, Dim{}, Prefixes::Large},  // a transfer: "7200 MT/s"
    Unit{"1", 1.0, Dim{}, Prefixes::None},   // "1/s"
};

bool allows(Prefixes allowed, const Prefix& prefix) {
  if (prefix.symbol.empty()) return true;
  if (prefix.symbol.size() == 2) return allowed == Prefixes::LargeOrIec;
  if (allowed == Prefixes::Any) return true;
  return prefix.factor > 1.0 ? allowed == Prefixes::Large || allowed == Prefixes::LargeOrIec
                             : allowed == Prefixes::Small;
}

/// A prefix and a unit written together: "TB", "us", "KiB".
std::optional<ParsedQuantity> factor_of(std::string_view text) {
  for (const Unit& unit : kUnits) {
    if (!text.ends_with(unit.symbol)) continue;
    const std::string_view head = text.substr(0, text.size() - unit.symbol.size());
    const auto fits = [&](const Prefix& prefix) {
      return prefix.symbol == head && allows(unit.prefixes, prefix);
    };
    if (const auto* si = std::find_if(kSiPrefixes.begin(), kSiPrefixes.end(), fits);
        si != kSiPrefixes.end()) {
      return ParsedQuantity{si->factor * unit.factor, unit.dim};
    }
    if (const auto* iec = std::find_if(kIecPrefixes.begin(), kIecPrefixes.end(), fits);
        iec != kIecPrefixes.end()) {
      return ParsedQuantity{iec->factor * unit.factor, unit.dim};
    }
  }
  return std::nullopt;
}

/// The micro sign and the Greek letter both stand for "u".
std::string with_plain_micro(std::string_view text) {
  std::string plain(text);
  for (const std::string_view micro : {"\xc2\xb5", "\xce\xbc"}) {
    for (auto at = plain.find(micro); at != std::string::npos; at = plain.find(micro, at)) {
      plain.replace(at, micro.size(), "u");
    }
  }
  return plain;
}

/// Units joined by '/' and '*', from left to right: "pJ/B", "FLOP*s".
std::optional<ParsedQuantity> unit_of(std::string_view text) {
  const std::string plain = with_plain_micro(text);
  std::string_view rest = plain;
  ParsedQuantity unit{1.0, {}};
  char joint = '*';
  while (true) {
    const std::size_t end = rest.find_first_of("/*");
    const auto factor = factor_of(rest.substr(0, end));
    if (!factor) return std::nullopt;
    unit.base = joint == '*' ? unit.base * factor->base : unit.base / factor->base;
    unit.dim = joint == '*' ? unit.dim + factor->dim : unit.dim - factor->dim;
    if (end == std::string_view::npos) return unit;
    joint = rest[end];
    rest.remove_prefix(end + 1);
  }
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

/// "B*s" of the exponents above zero (`sign` 1) or "/s" of those below (`sign` -1).
std::string factors_of(Dim dim, int sign) {
  std::string text;
  const std::array<std::pair<int, std::string_view>, 5> parts{{{dim.byte, "B"},
                                                               {dim.flop, "FLOP"},
                                                               {dim.joule, "J"},
                                                               {dim.token, "tok"},
                                                               {dim.second, "s"}}};
  for (const auto& [exponent, symbol] : parts) {
    for (int i = 0; i < exponent * sign; ++i) {
      if (sign < 0) text += '/';
      if (sign > 0 && !text.empty()) text += '*';
      text += symbol;
    }
  }
  return text;
}

/// Prefixes usual before the first unit of a dimension's symbol.
Prefixes prefixes_of(std::string_view symbol) {
  const std::string_view first = symbol.substr(0, symbol.find_first_of("/*"));
  if (first == "tok" || first == "1") return Prefixes::None;
  const auto* unit = std::find_if(kUnits.begin(), kUnits.end(),
                                  [&](const Unit& each) { return each.symbol == first; });
  return unit == kUnits.end() ? Prefixes::None : unit->prefixes;
}

/// `value` with `digits` significant digits; an exponent only where no prefix reaches.
std::string significant(double value, int digits) {
  const double magnitude = std::abs(value);
  if (magnitude < 1e-3 || magnitude >= 1e9) return fmt::format("{:.{}e}", value, digits - 1);
  const int before = static_cast<int>(std::floor(std::log10(magnitude))) + 1;
  const int after = digits - before;
  if (after >= 0) return fmt::format("{:.{}f}", value, after);
  const double step = std::pow(10.0, -after);
  return fmt::format("{:.0f}", std::round(value / step) * step);
}

/// `value` as it reads with `digits` significant digits.
double rounded_to(double value, int digits) {
  const std::string text = fmt::format("{:.{}e}", value, digits - 1);
  double rounded = value;
  std::from_chars(text.data(), text.data() + text.size(), rounded);
  return rounded;
}

}  // namespace

std::optional<ParsedQuantity> parse_quantity_text(std::string_view text) {
  text = trimmed(text);
  double number = 0.0;
  const char* const end = text.data() + text.size();
  const auto [stop, failed] = std::from_chars(text.data(), end, number);
  if (failed != std::errc() || !std::isfinite(number)) return std::nullopt;
  const auto unit = unit_of(trimmed({stop, static_cast<std::size_t>(end - stop)}));
  if (!unit) return std::nullopt;
  const double base = number * unit->base;
  if (!std::isfinite(base)) return std::nullopt;
  return ParsedQuantity{base, unit->dim};
}

std::string example_of(Dim dim) {
  if (dim == kByteDim) return "24 GiB";
  if (dim == kByteDim - kSecondDim) return "4.8 TB/s";
  if (dim == kFlopDim - kSecondDim) return "989 TFLOP/s";
  if (dim == kRateDim) return "1.98 GHz";
  if (dim == kSecondDim) return "35 us";
  if (dim == kJouleDim - kSecondDim) return "700 W";
  if (dim == kJouleDim - kByteDim) return "132 pJ/B";
  return fmt::format("10 {}", unit_symbol(dim));
}

std::string unit_symbol(Dim dim) {
  if (dim == Dim{}) return "";
  if (dim == kRateDim) return "Hz";
  if (dim == kJouleDim - kSecondDim) return "W";
  const std::string above = factors_of(dim, 1);
  return (above.empty() ? "1" : above) + factors_of(dim, -1);
}

std::string format_quantity(double value, Dim dim, int digits) {
  const std::string symbol = unit_symbol(dim);
  const std::string gap = symbol.empty() ? "" : " ";
  digits = std::max(digits, 1);
  if (!std::isfinite(value)) return fmt::format("{}{}{}", value, gap, symbol);
  if (value == 0.0) return fmt::format("0{}{}", gap, symbol);
  // Rounded first, so that 999.9 becomes "1.00 k" and not "1000".
  const double rounded = rounded_to(value, digits);
  const Prefixes allowed = symbol.empty() ? Prefixes::None : prefixes_of(symbol);
  const Prefix* chosen = nullptr;
  for (const Prefix& prefix : kSiPrefixes) {
    if (!allows(allowed, prefix)) continue;
    chosen = &prefix;
    if (std::abs(rounded) >= prefix.factor * (1.0 - 1e-12)) break;
  }
  return fmt::format("{}{}{}{}", significant(rounded / chosen->factor, digits), gap, chosen->symbol,
                     symbol);
}

}  // namespace foretoken
