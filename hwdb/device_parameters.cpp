#include "hwdb/device_parameters.h"

#include <charconv>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "base/suggest.h"
#include "base/unit_text.h"

namespace foretoken::hwdb {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::optional<double> plain_number(std::string_view text) {
  double value = 0.0;
  const char* const end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, value);
  if (text.empty() || fault != std::errc{} || stop != end) return std::nullopt;
  return value;
}

bool is_size(double value) { return std::isfinite(value) && value > 0.0; }

double value_of(const DeviceParameter& parameter, std::string_view text) {
  if (parameter.dim == Dim{}) {
    const auto value = plain_number(text);
    const bool whole = value && *value == std::rint(*value) && *value <= kMostParameterCount;
    if (value && is_size(*value) && (whole || !parameter.whole)) return *value;
    throw Error(fmt::format("'{}' must be a {} number above zero, without a unit; found '{}'",
                            parameter.path, parameter.whole ? "whole" : "plain", text));
  }
  const auto parsed = parse_quantity_text(text);
  if (parsed && parsed->dim == parameter.dim && is_size(parsed->base)) return parsed->base;
  throw Error(fmt::format("'{}' must be a positive quantity with its unit, like '{}'; found '{}'",
                          parameter.path, example_of(parameter.dim), text));
}

}  // namespace

const DeviceParameter& device_parameter(std::string_view path) {
  std::vector<std::string> known;
  for (const DeviceParameter& parameter : device_parameters()) {
    if (parameter.path == path) return parameter;
    known.emplace_back(parameter.path);
  }
  std::string hint = did_you_mean(path, known);
  if (hint.empty()) hint = fmt::format("; known are {}", fmt::join(known, ", "));
  throw Error(fmt::format("no device parameter '{}'{}", path, hint));
}

ParameterChange parse_parameter_change(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    throw Error(
        fmt::format("expected '<parameter>=<value>' or '<parameter>*=<factor>', like "
                    "'memory.bandwidth*=1.25'; found '{}'",
                    text));
  }
  ParameterChange change;
  change.scales = text[equals - 1] == '*';
  const std::string_view path = trimmed(text.substr(0, change.scales ? equals - 1 : equals));
  const std::string_view value = trimmed(text.substr(equals + 1));
  change.parameter = &device_parameter(path);
  if (!change.scales) {
    change.value = value_of(*change.parameter, value);
    return change;
  }
  const auto factor = plain_number(value);
  if (!factor || !is_size(*factor)) {
    throw Error(fmt::format("the factor of '{}' must be a finite number above zero; found '{}'",
                            change.parameter->path, value));
  }
  change.value = *factor;
  return change;
}

void apply_parameter(Device& device, const ParameterChange& change) {
  const DeviceParameter& parameter = *change.parameter;
  if (!change.scales) {
    parameter.set(device, change.value);
    return;
  }
  const auto before = parameter.get(device);
  if (!before) {
    throw Error(
        fmt::format("'{0}' of device '{1}' is not known, so it cannot be scaled; set it "
                    "with '{0}={2}'",
                    parameter.path, device.id,
                    parameter.dim == Dim{} ? "<number>" : example_of(parameter.dim)));
  }
  const double after = *before * change.value;
  if (!is_size(after) || (parameter.whole && after > kMostParameterCount)) {
    throw Error(fmt::format("'{}' of device '{}' scaled by {} is out of range", parameter.path,
                            device.id, change.value));
  }
  parameter.set(device, after);
}

void apply_parameter(Device& device, std::string_view text) {
  apply_parameter(device, parse_parameter_change(text));
}

std::optional<Device> in_power_mode(const Device& device, std::string_view mode) {
  for (const PowerMode& known : device.power_modes) {
    if (known.name != mode) continue;
    Device result = device;
    for (const std::string& change : known.changes) apply_parameter(result, change);
    return result;
  }
  return std::nullopt;
}

}  // namespace foretoken::hwdb
