#include "app/digits.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace foretoken::app {
namespace {

constexpr int kFewest = 2;
constexpr int kMost = 4;

/// Place of the first digit: 0 for 1 to 9, 2 for hundreds, -1 for tenths.
int leading_place(double value) {
  if (!std::isfinite(value) || value == 0.0) return 0;
  return static_cast<int>(std::floor(std::log10(std::abs(value))));
}

}  // namespace

int decimals_for(double point, double lo, double hi) {
  const int lead = leading_place(point);
  const double half_width = (hi - lo) / 2.0;
  int decimals = kMost - 1 - lead;
  if (half_width > 0.0 && std::isfinite(half_width)) {
    decimals = -leading_place(half_width / 3.0);
  }
  return std::clamp(decimals, kFewest - 1 - lead, kMost - 1 - lead);
}

std::string rounded(double value, int decimals) {
  if (decimals >= 0) return fmt::format("{:.{}f}", value, decimals);
  const double step = std::pow(10.0, -decimals);
  return fmt::format("{:.0f}", std::round(value / step) * step);
}

std::string significant(double value, int digits) {
  if (!std::isfinite(value)) return fmt::format("{}", value);
  return rounded(value, std::max(digits - 1 - leading_place(value), 0));
}

std::string memory_text(double bytes) {
  constexpr std::array<std::pair<double, const char*>, 3> kUnits{
      {{1073741824.0, "GiB"}, {1048576.0, "MiB"}, {1024.0, "KiB"}}};
  for (const auto& [size, unit] : kUnits) {
    if (bytes >= size) return fmt::format("{} {}", significant(bytes / size, 3), unit);
  }
  return fmt::format("{:.0f} B", bytes);
}

std::string clock_text(double hertz) { return fmt::format("{:.6g} MHz", hertz / 1e6); }

std::string percent(double fraction, int decimals) {
  return fmt::format("{:.{}f} %", fraction * 100.0, decimals);
}

}  // namespace foretoken::app
