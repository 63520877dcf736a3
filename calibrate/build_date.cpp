#include "calibrate/build_date.h"

#include <array>
#include <cctype>
#include <charconv>

namespace foretoken::calibrate {
namespace {

struct Release {
  double number;
  double year;
};

/// llama.cpp tags and the months they were made in (the project's release list).
constexpr std::array<Release, 22> kReleases{{
    {1, 2023.45},     {1000, 2023.62},  {1500, 2023.87}, {2000, 2024.07}, {2500, 2024.22},
    {3000, 2024.41},  {3500, 2024.60},  {4000, 2024.83}, {4500, 2025.04}, {5000, 2025.25},
    {5500, 2025.40},  {6000, 2025.57},  {6500, 2025.71}, {7000, 2025.86}, {7500, 2025.97},
    {8000, 2026.12},  {8400, 2026.20},  {8800, 2026.29}, {9200, 2026.38}, {9700, 2026.50},
    {10300, 2026.63}, {11000, 2026.80},
}};

std::optional<int> whole(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end == text.data()) return std::nullopt;
  return value;
}

}  // namespace

std::optional<double> build_year_of(std::string_view runtime, std::string_view version) {
  if (runtime.find("llama") == std::string_view::npos) return std::nullopt;
  if (version.size() < 2 || version[0] != 'b' ||
      std::isdigit(static_cast<unsigned char>(version[1])) == 0) {
    return std::nullopt;
  }
  const auto number = whole(version.substr(1));
  if (!number || *number < 1 || *number > 20000) return std::nullopt;
  for (std::size_t i = 1; i < kReleases.size(); ++i) {
    const Release& a = kReleases[i - 1];
    const Release& b = kReleases[i];
    if (*number > b.number && i + 1 < kReleases.size()) continue;
    return a.year + (*number - a.number) / (b.number - a.number) * (b.year - a.year);
  }
  return std::nullopt;
}

}  // namespace foretoken::calibrate
