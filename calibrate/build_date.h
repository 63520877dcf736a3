#pragma once

/// When a runtime was built, as a year like 2025.5: launch costs fell with releases, so the date of
/// the build is a variable of the fit.

#include <optional>
#include <string_view>

namespace foretoken::calibrate {

/// From a llama.cpp build number ("b4500 (abc)"), by interpolation between releases of known date;
/// nullopt for other runtimes and unnumbered builds.
std::optional<double> build_year_of(std::string_view runtime, std::string_view version);

}  // namespace foretoken::calibrate
