#include "base/year.h"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace foretoken {
namespace {

std::optional<int> whole(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::optional<double> year_of(std::string_view date) {
  constexpr std::size_t kYearMonth = 7;
  constexpr std::size_t kYearMonthDay = 10;
  if (date.size() != kYearMonth && date.size() != kYearMonthDay) return std::nullopt;
  if (date[4] != '-') return std::nullopt;
  const auto year = whole(date.substr(0, 4));
  const auto month = whole(date.substr(5, 2));
  if (!year || !month || *year < 2000 || *year > 2100 || *month < 1 || *month > 12) {
    return std::nullopt;
  }
  return *year + (*month - 0.5) / 12.0;
}

std::string month_of(double year) {
  const double whole = std::floor(year);
  const int month = static_cast<int>((year - whole) * 12.0) + 1;
  return fmt::format("{:.0f}-{:02}", whole, month);
}

}  // namespace foretoken
