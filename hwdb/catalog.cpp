#include "hwdb/catalog.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "hwdb/device_yaml.h"
#include "hwdb/file_set.h"

namespace foretoken::hwdb {
namespace {

constexpr std::string_view kClassPrefix = "class:";
constexpr std::string_view kVendorPrefix = "vendor:";

bool is_path(std::string_view name) { return name.ends_with(".yaml") || name.ends_with(".yml"); }

void append_once(std::vector<Device>& chosen, const Device& device) {
  const auto same = [&](const Device& other) {
    return other.id == device.id && other.file == device.file;
  };
  if (std::none_of(chosen.begin(), chosen.end(), same)) chosen.push_back(device);
}

}  // namespace

Catalog Catalog::read(const std::vector<std::string>& folders,
                      std::optional<EnergyConstants> constants) {
  Catalog catalog;
  catalog.constants_ = std::move(constants);
  read_folders<Device>(catalog, folders, "device", read_device);
  return catalog;
}

void Catalog::add(Device device) { add_named(devices_, names_, with_energy(std::move(device))); }

Device Catalog::with_energy(Device device) const {
  if (constants_) device.energy = technology_energy(*constants_, device.memory.type);
  return device;
}

const Device* Catalog::lookup(std::string_view name) const {
  const auto place = names_.find(name);
  return place ? &devices_[*place] : nullptr;
}

const Device& Catalog::find(std::string_view name) const {
  if (const Device* device = lookup(name)) return *device;
  throw Error(fmt::format("unknown device '{}'{}", name, names_.suggestion(name)));
}

Device Catalog::resolve(const std::string& name) const {
  return is_path(name) ? with_energy(read_device(name)) : find(name);
}

std::vector<Device> Catalog::select(const std::string& selection) const {
  std::vector<Device> chosen;
  const auto add_where = [&](const std::string& part, auto&& fits) {
    bool any = false;
    for (const Device& device : devices_) {
      if (!fits(device)) continue;
      any = true;
      append_once(chosen, device);
    }
    if (!any) {
      throw Error(fmt::format("no device fits the selection '{}'", part));
    }
  };
  for (const std::string& part : list_parts(selection)) {
    if (part == "all") {
      add_where(part, [](const Device&) { return true; });
    } else if (part.starts_with(kClassPrefix)) {
      const auto wanted = device_class_of(std::string_view(part).substr(kClassPrefix.size()));
      if (!wanted) {
        throw Error(
            fmt::format("no device class in '{}'; expected class:gpu, class:igpu, "
                        "class:cpu or class:npu",
                        part));
      }
      add_where(part, [&](const Device& device) { return device.device_class == *wanted; });
    } else if (part.starts_with(kVendorPrefix)) {
      const std::string wanted = name_key(std::string_view(part).substr(kVendorPrefix.size()));
      add_where(part, [&](const Device& device) { return name_key(device.vendor) == wanted; });
    } else {
      append_once(chosen, resolve(part));
    }
  }
  if (chosen.empty())
    throw Error("an empty device selection; expected names, 'all' or 'class:npu'");
  return chosen;
}

}  // namespace foretoken::hwdb
