#include "app/pareto.h"

#include <algorithm>
#include <cstddef>

namespace foretoken::app {
namespace {

/// No cost larger and one smaller.
bool beats(const std::vector<double>& a, const std::vector<double>& b) {
  bool smaller = false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] > b[i]) return false;
    smaller = smaller || a[i] < b[i];
  }
  return smaller;
}

}  // namespace

std::vector<bool> pareto_set(const std::vector<std::optional<std::vector<double>>>& costs) {
  std::vector<bool> member(costs.size(), false);
  for (std::size_t i = 0; i < costs.size(); ++i) {
    if (!costs[i]) continue;
    member[i] = std::none_of(costs.begin(), costs.end(),
                             [&](const auto& other) { return other && beats(*other, *costs[i]); });
  }
  return member;
}

}  // namespace foretoken::app
