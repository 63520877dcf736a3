#include "calibrate/import_op_params.h"

#include <algorithm>
#include <cmath>

#include "calibrate/import_record.h"

namespace foretoken::calibrate {
namespace {

constexpr double kLargest = 1e12;

std::optional<double> whole(std::string_view text) {
  const auto value = number_in(text);
  if (!value || *value < 0.0 || *value > kLargest || std::floor(*value) != *value) {
    return std::nullopt;
  }
  return value;
}

/// Where the value that starts at `at` ends: at the next comma outside of brackets.
std::size_t end_of_value(std::string_view text, std::size_t at) {
  int depth = 0;
  for (; at < text.size(); ++at) {
    if (text[at] == '[' || text[at] == '(') ++depth;
    if (text[at] == ']' || text[at] == ')') --depth;
    if (text[at] == ',' && depth <= 0) break;
  }
  return at;
}

}  // namespace

std::optional<OpParams> OpParams::parse(std::string_view text) {
  OpParams params;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = end_of_value(text, at);
    const std::string_view pair = text.substr(at, end - at);
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || equals == 0) return std::nullopt;
    params.values_[std::string(trimmed(pair.substr(0, equals)))] =
        std::string(trimmed(pair.substr(equals + 1)));
    at = end + 1;
  }
  return params;
}

std::string OpParams::text(std::string_view name) const {
  const auto value = values_.find(name);
  return value == values_.end() ? std::string() : value->second;
}

std::optional<double> OpParams::count(std::string_view name,
                                      std::optional<double> otherwise) const {
  const auto value = values_.find(name);
  return value == values_.end() ? otherwise : whole(value->second);
}

std::vector<double> OpParams::counts(std::string_view name) const {
  const std::string written = text(name);
  std::string_view list = written;
  if (list.starts_with('[') && list.ends_with(']')) list = list.substr(1, list.size() - 2);
  std::vector<double> numbers;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(','), list.size());
    const auto number = whole(trimmed(list.substr(0, end)));
    if (!number) return {};
    numbers.push_back(*number);
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return numbers;
}

}  // namespace foretoken::calibrate
