#include "base/error.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include <fmt/format.h>

namespace foretoken {
namespace {

std::vector<Fault> in_order(std::vector<Fault> faults) {
  std::stable_sort(faults.begin(), faults.end(), [](const Fault& a, const Fault& b) {
    return std::tie(a.file, a.line, a.column) < std::tie(b.file, b.line, b.column);
  });
  return faults;
}

std::string joined(const std::vector<Fault>& faults) {
  std::string text;
  for (const Fault& fault : faults) {
    if (!text.empty()) text += '\n';
    text += fault.text();
  }
  return text;
}

}  // namespace

Error::Error(std::string message) : std::runtime_error(message), message_(std::move(message)) {}

void Error::within(std::string_view context) {
  message_ = fmt::format("{}: {}", context, message_);
}

std::string Fault::text() const {
  std::string place = file;
  if (line > 0) {
    place += fmt::format("{}{}", place.empty() ? "line " : ":", line);
    if (column > 0) place += fmt::format(":{}", column);
  }
  return place.empty() ? message : fmt::format("{}: {}", place, message);
}

// Sorted twice (once for the base's text) rather than with a helper constructor: faults are few.
ConfigError::ConfigError(std::vector<Fault> faults)
    : Error(joined(in_order(faults))), faults_(in_order(std::move(faults))) {}

}  // namespace foretoken
