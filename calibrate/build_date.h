#pragma once

/// When a runtime was built, as a year like 2025.5: launch costs fell with releases, so the date of
/// the build is a variable of the fit.

#include <optional>
#include <string>
#include <string_view>

namespace foretoken::calibrate {

/// "2025-06" or "2025-06-15" -> 2025.42 or so; nullopt for anything else.
std::optional<double> year_of(std::string_view date);

/// From a llama.cpp build number ("b4500 (abc)"), by interpolation between releases of known date;
/// nullopt for other runtimes and unnumbered builds.
std::optional<double> build_year_of(std::string_view runtime, std::string_view version);

}  // namespace foretoken::calibrate
