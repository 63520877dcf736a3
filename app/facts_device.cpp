#include <fmt/format.h>

#include "app/digits.h"
#include "app/facts.h"
#include "base/unit_text.h"
#include "hwdb/device_parameters.h"

namespace foretoken::app {

void Facts::add(std::string what, std::string text) {
  if (!text.empty()) lines.emplace_back(std::move(what), std::move(text));
}

namespace {

/// As --set takes it: transfers are counted in MT/s, memory in binary units.
std::string value_text(const hwdb::DeviceParameter& parameter, double value) {
  if (parameter.path == "memory.rate") return fmt::format("{:.6g} MT/s", value / 1e6);
  if (parameter.dim == kByteDim) return memory_text(value);
  if (parameter.dim == Dim{}) return fmt::format("{}", value);
  return format_quantity(value, parameter.dim, 4);
}

}  // namespace

Facts facts_of(const hwdb::Device& device) {
  Facts facts{"device", device.id, {}};
  facts.add("name", device.name);
  facts.add("aliases", fmt::format("{}", fmt::join(device.aliases, ", ")));
  facts.add("class", std::string(hwdb::text_of(device.device_class)));
  facts.add("vendor", device.vendor);
  facts.add("architecture", device.architecture);
  facts.add("isa", device.isa);
  if (device.year) facts.add("year", fmt::format("{}", *device.year));
  facts.add("memory.type", device.memory.type);
  // Every parameter that --set knows, under the name it takes there.
  for (const hwdb::DeviceParameter& parameter : hwdb::device_parameters()) {
    const auto value = parameter.get(device);
    if (!value) continue;
    facts.add(std::string(parameter.path), value_text(parameter, *value));
  }
  for (const hwdb::ClockPoint& point : device.clock_points) {
    facts.add("clock point", fmt::format("{}: cores spend {} of what they do at full clock",
                                         clock_text(point.clock.base()), percent(point.energy)));
  }
  if (device.battery) {
    facts.add("battery", fmt::format("{:.4g} Wh ({})", device.battery->energy.base() / 3600.0,
                                     hwdb::text_of(device.battery->confidence)));
  }
  if (device.sustained) {
    facts.add("sustained power",
              fmt::format("{} at the {}, after {}", format_quantity(device.sustained->budget),
                          device.sustained->scope, format_quantity(device.sustained->delay)));
  }
  if (device.memory.ecc_costs_bandwidth) facts.add("ecc", "inline: costs bandwidth");
  facts.add("confidence", std::string(hwdb::text_of(device.confidence)));
  facts.add("source", device.source);
  facts.add("notes", device.notes);
  facts.add("unusual", fmt::format("{}", fmt::join(device.unusual, "; ")));
  facts.add("file", device.file);
  return facts;
}

}  // namespace foretoken::app
