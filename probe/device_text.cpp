#include <fmt/format.h>

#include "probe/describe.h"

// A description as the device file that a person edits.

namespace foretoken::probe {
namespace {

/// Text of a value within double quotes.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out + "\"";
}

class YamlText {
 public:
  explicit YamlText(const Description& description) : description_(description) {}

  /// `path` finds the origin.
  void add(const std::string& path, const std::string& value, int indent = 0) {
    const std::string key =
        path.substr(path.find('.') == std::string::npos ? 0 : path.find('.') + 1);
    text_ += fmt::format("{:{}}{}: {}{}\n", "", indent, key, value, comment(path));
  }
  /// Of a map or list, whose origin is that of all in it.
  void heading(const std::string& path) { text_ += path + ":" + comment(path) + "\n"; }
  void line(const std::string& text) { text_ += text + "\n"; }
  std::string take() { return std::move(text_); }

 private:
  std::string comment(const std::string& path) const {
    const auto origin = description_.origins.find(path);
    return origin == description_.origins.end() ? "" : "  # " + origin->second;
  }

  const Description& description_;
  std::string text_;
};

std::string in_mib(double bytes) { return quoted(fmt::format("{:.0f} MiB", bytes / (1 << 20))); }
std::string in_mhz(double hertz) { return quoted(fmt::format("{:.0f} MHz", hertz / 1e6)); }

void add_memory(const hwdb::MemoryFacts& memory, YamlText& yaml) {
  yaml.heading("memory");
  yaml.add("memory.type", quoted(memory.type), 2);
  if (memory.bus_bits) yaml.add("memory.bus_bits", fmt::format("{}", *memory.bus_bits), 2);
  if (memory.transfers_per_second) {
    yaml.add("memory.rate", quoted(fmt::format("{:.0f} MT/s", *memory.transfers_per_second / 1e6)),
             2);
  }
  yaml.add("memory.bandwidth", quoted(fmt::format("{:.1f} GB/s", memory.bandwidth.base() / 1e9)),
           2);
  if (memory.capacity) yaml.add("memory.capacity", in_mib(memory.capacity->base()), 2);
}

void add_core_types(const hwdb::Device& device, YamlText& yaml) {
  if (device.core_types.empty()) return;
  yaml.heading("core_types");
  for (const hwdb::CoreType& type : device.core_types) {
    yaml.line(fmt::format("  - {{count: {}, clock: {}, int8_macs: {:g}}}", type.count,
                          in_mhz(type.clock.base()), type.macs));
  }
}

void add_peaks(const hwdb::Device& device, YamlText& yaml) {
  bool any = false;
  for (std::size_t i = 0; i < device.peak.size(); ++i) {
    if (!device.peak[i]) continue;
    if (!any) yaml.heading("peak");
    any = true;
    const std::string_view name = hwdb::text_of(static_cast<ArithmeticClass>(i));
    yaml.add(fmt::format("peak.{}", name),
             quoted(fmt::format("{:.5g} {}", device.peak[i]->base() / 1e12,
                                name.starts_with("int") ? "TOPS" : "TFLOP/s")),
             2);
  }
}

}  // namespace

std::string device_yaml_text(const Description& description) {
  const hwdb::Device& device = description.device;
  YamlText yaml(description);
  yaml.line(
      "# Written by `foretoken probe --describe`: told = the system or driver says so, measured =");
  yaml.line("# here, assumed = neither; correct it where you know better.");
  yaml.add("schema", "1");
  yaml.add("id", quoted(device.id));
  yaml.add("name", quoted(device.name));
  if (!device.aliases.empty()) {
    yaml.line("aliases:");
    for (const std::string& alias : device.aliases) yaml.line("  - " + quoted(alias));
  }
  yaml.add("class", std::string(hwdb::text_of(device.device_class)));
  yaml.add("vendor", quoted(device.vendor));
  yaml.add("architecture", quoted(device.architecture));
  if (!device.isa.empty()) yaml.add("isa", quoted(device.isa));
  yaml.add("confidence", std::string(hwdb::text_of(device.confidence)));
  yaml.add("source", quoted(device.source));
  if (!device.notes.empty()) yaml.add("notes", quoted(device.notes));
  yaml.line("");
  add_memory(device.memory, yaml);
  if (device.last_level_cache) {
    yaml.add("last_level_cache",
             quoted(fmt::format("{:.0f} KiB", device.last_level_cache->base() / 1024)));
  }
  if (device.cores) yaml.add("cores", fmt::format("{}", *device.cores));
  if (device.fast_cores) yaml.add("fast_cores", fmt::format("{}", *device.fast_cores));
  if (device.clock) yaml.add("clock", in_mhz(device.clock->base()));
  add_core_types(device, yaml);
  add_peaks(device, yaml);
  if (device.tdp) {
    yaml.heading("power");
    yaml.add("power.tdp", quoted(fmt::format("{:.4g} W", device.tdp->base())), 2);
  }
  return yaml.take();
}

}  // namespace foretoken::probe
