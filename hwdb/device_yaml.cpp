#include "hwdb/device_yaml.h"

#include <filesystem>

#include <fmt/format.h>

#include "base/yaml_map.h"

namespace foretoken::hwdb {
namespace {

constexpr std::int64_t kMostCores = 10'000'000;
constexpr std::int64_t kMostBusBits = 1 << 20;
constexpr double kFewestMacs = 0.1;
constexpr double kMostMacs = 65536.0;

DeviceClass read_class(YamlMap& top) {
  const std::string text = top.choice("class", {"gpu", "igpu", "cpu", "npu"});
  return device_class_of(text).value_or(DeviceClass::Gpu);
}

Confidence read_confidence(YamlMap& top) {
  const std::string text = top.choice("confidence", {"datasheet", "recalled", "uncertain"});
  return confidence_of(text).value_or(Confidence::Uncertain);
}

std::optional<int> find_count(YamlMap& map, std::string_view key, std::int64_t most) {
  const auto count = map.find_integer(key, 1, most);
  if (!count) return std::nullopt;
  return static_cast<int>(*count);
}

MemoryFacts read_memory(YamlMap memory) {
  MemoryFacts facts;
  facts.type = memory.text("type");
  facts.bus_bits = find_count(memory, "bus_bits", kMostBusBits);
  if (const auto rate = memory.find_quantity<Hertz>("rate")) {
    facts.transfers_per_second = rate->base();
  }
  facts.bandwidth = memory.quantity<BytesPerSecond>("bandwidth");
  facts.capacity = memory.find_quantity<Bytes>("capacity");
  facts.ecc_costs_bandwidth = memory.find_boolean("ecc_costs_bandwidth").value_or(false);
  facts.port = memory.find_quantity<BytesPerSecond>("port");
  return facts;
}

void read_core_types(YamlMap& top, Device& device) {
  for (YamlMap& type : top.maps("core_types")) {
    device.core_types.push_back(
        {.count = static_cast<int>(type.integer("count", 1, kMostCores)),
         .clock = type.quantity<Hertz>("clock"),
         .macs = type.number("int8_macs", {.low = kFewestMacs, .high = kMostMacs})});
  }
}

void read_peaks(YamlMap& top, Device& device) {
  auto peak = top.find_map("peak");
  if (!peak) return;
  for (std::size_t i = 0; i < device.peak.size(); ++i) {
    device.peak[i] = peak->find_quantity<FlopsPerSecond>(text_of(static_cast<ArithmeticClass>(i)));
  }
}

void read_power_modes(YamlMap& top, Device& device) {
  for (YamlMap& mode : top.maps("power_modes")) {
    device.power_modes.push_back({.name = mode.text("name"), .changes = mode.texts("set")});
  }
}

void read_clock_points(YamlMap& top, Device& device) {
  constexpr double kLeast = 0.01;
  for (YamlMap& point : top.maps("clock_points")) {
    device.clock_points.push_back({.clock = point.quantity<Hertz>("clock"),
                                   .energy = point.number("energy", {.low = kLeast, .high = 1.0}),
                                   .source = point.text("source")});
  }
}

void read_battery(YamlMap& top, Device& device) {
  if (auto battery = top.find_map("battery")) {
    device.battery = {.energy = battery->quantity<Joules>("energy"),
                      .confidence = read_confidence(*battery),
                      .source = battery->text("source")};
  }
  auto sustained = top.find_map("sustained_power");
  if (!sustained) return;
  SustainedPower& power = device.sustained.emplace();
  power.budget = sustained->quantity<Watts>("budget");
  power.low = sustained->find_quantity<Watts>("low").value_or(power.budget);
  power.high = sustained->find_quantity<Watts>("high").value_or(power.budget);
  power.scope = sustained->choice("scope", {"chip", "rails", "soc", "gpu", "board", "wall"});
  power.delay = sustained->quantity<Seconds>("delay");
  power.delay_low = sustained->find_quantity<Seconds>("delay_low").value_or(power.delay);
  power.delay_high = sustained->find_quantity<Seconds>("delay_high").value_or(power.delay);
  power.source = sustained->text("source");
  if (power.low > power.budget || power.high < power.budget) {
    sustained->fault("budget", "'sustained_power.budget' must lie between 'low' and 'high'");
  }
  if (power.delay_low > power.delay || power.delay_high < power.delay) {
    sustained->fault("delay",
                     "'sustained_power.delay' must lie between 'delay_low' and 'delay_high'");
  }
}

void read_links(YamlMap& top, Device& device) {
  auto links = top.find_map("links");
  if (!links) return;
  for (const std::string kind : {"pcie", "nvlink", "infinity_fabric"}) {
    if (const auto bandwidth = links->find_quantity<BytesPerSecond>(kind)) {
      device.links.push_back({.kind = kind, .bandwidth = *bandwidth});
    }
  }
}

void read_identity(YamlMap& top, Device& device) {
  device.id = top.text("id");
  device.name = top.text("name");
  device.aliases = top.texts("aliases");
  device.device_class = read_class(top);
  device.vendor = top.text("vendor");
  device.architecture = top.text("architecture");
  device.isa = top.find_text("isa").value_or("");
  if (const auto year = top.find_integer("year", 1990, 2100)) {
    device.year = static_cast<int>(*year);
  }
  device.confidence = read_confidence(top);
  device.source = top.text("source");
  device.notes = top.find_text("notes").value_or("");
  device.unusual = top.texts("unusual");
}

/// `expected_id` is empty where the file's name says nothing of the id.
Device read_top(YamlFile& file, std::string_view expected_id) {
  file.require_schema(kDeviceSchema);
  YamlMap& top = file.top();
  Device device;
  read_identity(top, device);
  device.memory = read_memory(top.map("memory"));
  device.last_level_cache = top.find_quantity<Bytes>("last_level_cache");
  device.cores = find_count(top, "cores", kMostCores);
  device.fast_cores = find_count(top, "fast_cores", kMostCores);
  device.clock = top.find_quantity<Hertz>("clock");
  read_core_types(top, device);
  read_peaks(top, device);
  read_links(top, device);
  if (auto power = top.find_map("power")) {
    device.tdp = power->find_quantity<Watts>("tdp");
    device.idle = power->find_quantity<Watts>("idle");
  }
  read_power_modes(top, device);
  read_clock_points(top, device);
  read_battery(top, device);
  device.launch_price_usd = top.find_number("launch_price_usd", {.low = 1.0, .high = 1e8});
  if (!expected_id.empty() && device.id != expected_id) {
    top.fault("id",
              fmt::format("'id' must be the file's name '{}'; found '{}'", expected_id, device.id));
  }
  device.file = file.name();
  file.finish();
  return device;
}

}  // namespace

Device read_device(const std::string& path) {
  YamlFile file = YamlFile::read(path);
  return read_top(file, std::filesystem::path(path).stem().string());
}

Device parse_device(std::string_view text, const std::string& name) {
  YamlFile file = YamlFile::parse(text, name);
  return read_top(file, "");
}

}  // namespace foretoken::hwdb
