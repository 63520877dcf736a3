#include "app/asked_devices.h"

#include <utility>

#include <fmt/format.h>

#include "app/outcome.h"
#include "base/error.h"
#include "hwdb/core_clock.h"
#include "hwdb/device_parameters.h"

namespace foretoken::app {
namespace {

std::vector<hwdb::ParameterChange> changes_of(const PredictOptions& options) {
  std::vector<hwdb::ParameterChange> changes;
  for (const std::string& text : options.changes) {
    changes.push_back(hwdb::parse_parameter_change(text));
    if (changes.back().parameter->path == "clock" && !options.clocks.empty()) {
      throw UsageError("--clock and --set clock exclude each other");
    }
  }
  return changes;
}

hwdb::Device changed(hwdb::Device device, const std::vector<hwdb::ParameterChange>& changes) {
  for (const hwdb::ParameterChange& change : changes) hwdb::apply_parameter(device, change);
  return device;
}

}  // namespace

AskedDevices asked_devices(const PredictOptions& options, const hwdb::Catalog& catalog,
                           std::vector<std::string>& skipped) {
  const std::vector<hwdb::ParameterChange> changes = changes_of(options);
  AskedDevices asked;
  for (hwdb::Device& named : catalog.select(options.devices)) {
    try {
      hwdb::Device device = changed(std::move(named), changes);
      if (options.clocks.empty()) asked.devices.push_back(device);
      for (const double clock : options.clocks) {
        try {
          asked.devices.push_back(hwdb::at_clock(device, Hertz::of(clock)));
          asked.sheets.push_back(device);
        } catch (const Error& error) {
          skipped.emplace_back(error.what());
        }
      }
    } catch (const Error& error) {
      skipped.emplace_back(error.what());
    }
  }
  if (asked.devices.empty()) throw Error(fmt::format("{}", fmt::join(skipped, "\n")));
  return asked;
}

}  // namespace foretoken::app
