#pragma once

/// Dates as years with a fraction, for figures that drift with releases.

#include <optional>
#include <string>
#include <string_view>

namespace foretoken {

/// "2025-06" or "2025-06-15" -> the middle of that month, 2025.458; nullopt for anything else.
std::optional<double> year_of(std::string_view date);

/// 2025.458 -> "2025-06": the inverse, to the month.
std::string month_of(double year);

}  // namespace foretoken
