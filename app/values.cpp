#include "app/values.h"

#include <charconv>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "base/error.h"

namespace foretoken::app {
namespace {

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::optional<double> number_in(const std::string& text) {
  double value = 0.0;
  const char* const end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, value);
  if (text.empty() || fault != std::errc{} || stop != end || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

[[noreturn]] void refuse(const std::string& flag, const char* kind, const std::string& text,
                         NumberRange range) {
  throw Error(fmt::format("{} must be a {} number from {} to {}; found '{}'", flag, kind, range.low,
                          range.high, text));
}

}  // namespace

std::vector<std::string> list_items(const std::string& flag, const std::string& text) {
  std::vector<std::string> items;
  std::size_t start = 0;
  while (start <= text.size()) {
    const std::size_t end = std::min(text.find(',', start), text.size());
    items.push_back(trimmed(text.substr(start, end - start)));
    if (items.back().empty()) {
      throw Error(
          fmt::format("{} has an empty item in its list '{}'; expected values with one "
                      "comma between them",
                      flag, text));
    }
    start = end + 1;
  }
  return items;
}

double whole_number(const std::string& flag, const std::string& text, NumberRange range) {
  const auto value = number_in(text);
  if (!value || *value != std::rint(*value) || *value < range.low || *value > range.high) {
    refuse(flag, "whole", text, range);
  }
  return *value;
}

std::vector<double> whole_numbers(const std::string& flag, const std::string& text,
                                  NumberRange range) {
  std::vector<double> numbers;
  for (const std::string& item : list_items(flag, text)) {
    numbers.push_back(whole_number(flag, item, range));
  }
  return numbers;
}

double plain_number(const std::string& flag, const std::string& text, NumberRange range) {
  const auto value = number_in(text);
  if (!value || *value < range.low || *value > range.high) refuse(flag, "plain", text, range);
  return *value;
}

}  // namespace foretoken::app
