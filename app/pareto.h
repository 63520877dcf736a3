#pragma once

/// The choices that no other beats: Pareto's set over costs that are all to be small.

#include <optional>
#include <vector>

namespace foretoken::app {

/// One flag a choice. A choice without costs (one of them is not known) is no member and beats
/// none. Of equal choices all are members.
std::vector<bool> pareto_set(const std::vector<std::optional<std::vector<double>>>& costs);

}  // namespace foretoken::app
