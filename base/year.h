#pragma once

/// Dates as years with a fraction, for figures that drift with releases.

#include <optional>
#include <string_view>

namespace foretoken {

/// "2025-06" or "2025-06-15" -> the middle of that month, 2025.458; nullopt for anything else.
std::optional<double> year_of(std::string_view date);

}  // namespace foretoken
