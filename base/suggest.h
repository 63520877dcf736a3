#pragma once

/// "Did you mean": the nearest of a set of known names by edit distance.

#include <span>
#include <string>
#include <string_view>

namespace foretoken {

/// The known name nearest to `name` (case and punctuation weigh little), or "" when none is near
/// enough to be what the writer meant.
std::string nearest_name(std::string_view name, std::span<const std::string> known);

/// "; did you mean 'x'?" or "".
std::string did_you_mean(std::string_view name, std::span<const std::string> known);

}  // namespace foretoken
