#include "probe/describe.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include <fmt/format.h>

#include "probe/cpu_names.h"

namespace foretoken::probe {
namespace {

/// Cores of one kind.
struct CoreKind {
  std::string name;
  bool efficient = false;
  int count = 0;
  double hertz = 0;  ///< as told; 0: not
  double macs = 0;
};

std::string core_name(const Host& host, const LogicalCpu& cpu) {
  const auto number = static_cast<std::size_t>(cpu.number);
  if (number < host.cpu.arm_cores.size()) return arm_core_name(host.cpu.arm_cores[number]);
  return x86_architecture(host.cpu);
}

/// Kinds of cores, fastest first. With a quota on time, of the fastest first.
std::vector<CoreKind> core_kinds(const Host& host, double measured_hertz) {
  const std::string isa = isa_name(host.cpu);
  std::vector<CoreKind> kinds;
  std::map<std::pair<int, int>, bool> seen;
  for (const LogicalCpu& cpu : host.cpus) {
    if (!seen.insert({{cpu.package, cpu.core}, true}).second) continue;
    const std::string name = core_name(host, cpu);
    auto kind = std::find_if(kinds.begin(), kinds.end(), [&](const CoreKind& other) {
      return other.name == name && other.efficient == cpu.efficient;
    });
    if (kind == kinds.end()) {
      kinds.push_back(
          {.name = name, .efficient = cpu.efficient, .macs = int8_macs(name, isa, cpu.efficient)});
      kind = kinds.end() - 1;
    }
    ++kind->count;
    kind->hertz = std::max(kind->hertz, cpu.most_hertz);
  }
  const auto rate = [&](const CoreKind& kind) {
    return kind.macs * (kind.hertz > 0.0 ? kind.hertz : measured_hertz);
  };
  std::stable_sort(kinds.begin(), kinds.end(),
                   [&](const CoreKind& a, const CoreKind& b) { return rate(a) > rate(b); });
  int left = core_count(host);
  for (CoreKind& kind : kinds) {
    kind.count = std::min(kind.count, left);
    left -= kind.count;
  }
  kinds.erase(std::remove_if(kinds.begin(), kinds.end(),
                             [](const CoreKind& kind) { return kind.count == 0; }),
              kinds.end());
  return kinds;
}

/// "Cortex-A76/A55" of several kinds.
std::string architecture_of(const std::vector<CoreKind>& kinds) {
  std::string joined;
  for (const CoreKind& kind : kinds) {
    constexpr std::string_view kFamily = "Cortex-";
    std::string name = kind.name;
    if (joined.find(name) != std::string::npos) continue;
    if (joined.starts_with(kFamily) && name.starts_with(kFamily)) name.erase(0, kFamily.size());
    joined += (joined.empty() ? "" : "/") + name;
  }
  return joined;
}

double rounded(double value, double step) { return std::round(value / step) * step; }

void describe_memory(const Host& host, const Measured& measured, Description& described) {
  hwdb::MemoryFacts& memory = described.device.memory;
  double told = 0.0;
  for (const MemoryModule& module : host.modules) {
    told += module.data_bits * module.transfers_per_second / 8.0;
  }
  const MemoryModule first = host.modules.empty() ? MemoryModule{} : host.modules.front();
  const bool same =
      std::all_of(host.modules.begin(), host.modules.end(), [&](const MemoryModule& module) {
        return module.transfers_per_second == first.transfers_per_second;
      });
  const bool arm = !host.cpu.arm_cores.empty();
  memory.type = first.type.empty() ? (arm ? "LPDDR" : "DDR") : first.type;
  described.origins["memory.type"] =
      first.type.empty() ? "assumed" : "told by the firmware's table of memory modules";
  constexpr double kGiga = 1e9;
  const std::string reads =
      fmt::format("the fastest pass over memory read {:.1f} GB/s", measured.bandwidth / kGiga);
  // Modules may share a channel in pairs; what was measured tells which.
  constexpr double kLeastShare = 0.55;
  int sharing = 0;
  for (const int modules : {1, 2}) {
    if (sharing == 0 && same && told > 0.0 && measured.bandwidth <= told / modules &&
        measured.bandwidth >= kLeastShare * told / modules) {
      sharing = modules;
    }
  }
  if (sharing > 0) {
    const int bits = first.data_bits * static_cast<int>(host.modules.size()) / sharing;
    memory.bus_bits = bits;
    memory.transfers_per_second = first.transfers_per_second;
    memory.bandwidth = BytesPerSecond::of(rounded(bits * first.transfers_per_second / 8.0, 1e8));
    described.origins["memory.bus_bits"] =
        fmt::format("told: {} modules of {} bits{}", host.modules.size(), first.data_bits,
                    sharing == 2 ? "; assumed: two share a channel" : "");
    described.origins["memory.rate"] = "told by the firmware's table of memory modules";
    described.origins["memory.bandwidth"] = "width times rate; measured: " + reads;
  } else {
    memory.bandwidth = BytesPerSecond::of(std::max(1e9, rounded(measured.bandwidth, 1e8)));
    described.origins["memory.bandwidth"] =
        "measured: " + reads + "; a datasheet states more, put its figure here";
  }
  if (host.memory_bytes > 0.0) {
    memory.capacity = Bytes::of(rounded(host.memory_bytes, 1 << 20));
    described.origins["memory.capacity"] = "told by /proc/meminfo, less what the kernel keeps";
  }
}

void describe_cores(const Host& host, const Measured& measured, Description& described) {
  hwdb::Device& device = described.device;
  const std::vector<CoreKind> kinds = core_kinds(host, measured.clock_hertz);
  device.architecture = architecture_of(kinds);
  if (device.architecture.empty()) device.architecture = "unknown";
  described.origins["architecture"] =
      host.cpu.arm_cores.empty()
          ? fmt::format("told: family {}, model {}", host.cpu.family, host.cpu.model)
          : std::string("told: the cores' part numbers");
  device.cores = core_count(host);
  described.origins["cores"] =
      fmt::format("told: what this process may use, of {} logical processors in the system",
                  host.processors_of_system);
  const bool clock_told = kinds.front().hertz > 0.0;
  // To the 5 MHz: what a measurement can tell.
  constexpr double kStep = 5e6;
  const double fallback = rounded(measured.clock_hertz, kStep);
  const auto clock = [&](const CoreKind& kind) {
    return Hertz::of(kind.hertz > 0.0 ? kind.hertz : fallback);
  };
  device.clock = clock(kinds.front());
  described.origins["clock"] = clock_told
                                   ? "told by the frequency driver"
                                   : "measured on a busy core; the boost clock may be higher";
  for (const CoreKind& kind : kinds) {
    device.core_types.push_back({.count = kind.count, .clock = clock(kind), .macs = kind.macs});
  }
  if (kinds.size() > 1) device.fast_cores = kinds.front().count;
  described.origins["fast_cores"] = "told: cores of the first kind";
  described.origins["core_types"] = "int8_macs assumed from the architecture or instruction set";
}

}  // namespace

std::string id_of_name(const std::string& name) {
  std::string out;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0) {
      out += static_cast<char>(std::tolower(byte));
    } else if (!out.empty() && out.back() != '-') {
      out += '-';
    }
  }
  while (!out.empty() && out.back() == '-') out.pop_back();
  return out;
}

std::string device_id(const Host& host) {
  const std::string name = device_name(host.cpu);
  // A name with a number is a product; "AMD EPYC" is what a virtual machine shows.
  const bool product =
      std::any_of(name.begin(), name.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
  std::string id = id_of_name(name);
  const bool whole = static_cast<int>(host.cpus.size()) == host.processors_of_system && !host.quota;
  if (!product) id += "-" + id_of_name(x86_architecture(host.cpu));
  while (!id.empty() && id.back() == '-') id.pop_back();
  if (!product || !whole) id += fmt::format("-{}c", core_count(host));
  return id;
}

Description describe(const Host& host, const Measured& measured, const std::string& id) {
  Description described;
  hwdb::Device& device = described.device;
  const std::string own_id = device_id(host);
  device.id = id.empty() ? own_id : id;
  device.name = device_name(host.cpu);
  described.origins["name"] = "told by /proc/cpuinfo";
  if (device.id != own_id) device.aliases.push_back(own_id);
  device.device_class = hwdb::DeviceClass::Cpu;
  device.vendor = vendor_name(host.cpu);
  device.isa = isa_name(host.cpu);
  described.origins["isa"] = "told by /proc/cpuinfo";
  device.confidence = hwdb::Confidence::Uncertain;
  described.origins["confidence"] = "some facts are measured or assumed: see each";
  device.source = "what this machine tells of itself, and a short measurement on it";
  if (host.virtual_machine) device.notes = "A virtual machine: caches and clocks as it shows them.";
  describe_memory(host, measured, described);
  if (const double bytes = last_level_bytes(host); bytes > 0.0) {
    device.last_level_cache = Bytes::of(bytes);
    described.origins["last_level_cache"] = "told: all caches of the highest level together";
  }
  describe_cores(host, measured, described);
  return described;
}

}  // namespace foretoken::probe
