#pragma once

/// The datasheet parameters that a what-if question or a sweep may change, by path.
///
/// Facts that hang together move together: `memory.bandwidth` moves the rate, `memory.rate` and
/// `memory.bus_bits` move the bandwidth, `cores` and `clock` move every peak rate (and `cores` the
/// count of fast cores), each in proportion. To change one alone, set the other back after it.

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/quantity.h"
#include "hwdb/device.h"

namespace foretoken::hwdb {

/// No count goes above this.
inline constexpr double kMostParameterCount = 1e9;

struct DeviceParameter {
  std::string_view path;  ///< "memory.bandwidth"
  Dim dim;                ///< of its value; plain for counts and prices
  bool whole;             ///< a count: rounded to a whole number when scaled, at least 1
  std::string_view summary;
  std::optional<double> (*get)(const Device&);  ///< in base units
  void (*set)(Device&, double);                 ///< in base units
};

std::span<const DeviceParameter> device_parameters();
/// Throws Error with a suggestion when no parameter has this path.
const DeviceParameter& device_parameter(std::string_view path);

/// "memory.bandwidth=1.2 TB/s" sets, "memory.bandwidth*=1.25" scales.
struct ParameterChange {
  const DeviceParameter* parameter = nullptr;
  bool scales = false;
  double value = 0.0;  ///< factor, or base units
};

/// Throws Error: not of either form, unknown parameter, wrong or missing unit, a value that is not
/// finite and positive.
ParameterChange parse_parameter_change(std::string_view text);
/// Throws Error when a value is scaled that the device's sources do not state.
void apply_parameter(Device& device, const ParameterChange& change);
/// Both in one.
void apply_parameter(Device& device, std::string_view text);

/// The device as it is in a power mode that its file documents; nullopt when it documents none of
/// this name.
std::optional<Device> in_power_mode(const Device& device, std::string_view mode);

}  // namespace foretoken::hwdb
