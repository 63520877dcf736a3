#pragma once

/// All devices, by name. Folders lie over each other: a device of a later folder replaces the one
/// with its id and takes the names it claims; within one folder two devices with one name are a
/// fault.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hwdb/device.h"
#include "hwdb/energy_constants.h"
#include "hwdb/name_index.h"

namespace foretoken::hwdb {

class Catalog {
 public:
  /// Reads every `*.yaml` of the folders. Throws ConfigError with the faults of all files together,
  /// Error when a folder holds no device file. Without `constants` devices have no
  /// `Device::energy`.
  static Catalog read(const std::vector<std::string>& folders,
                      std::optional<EnergyConstants> constants = std::nullopt);

  /// Adds a device, or replaces the one with its id; takes the names it claims.
  void add(Device device);

  /// By id, full name or alias, whatever case and punctuation; nullptr when unknown.
  const Device* lookup(std::string_view name) const;
  /// The same; throws Error with a suggestion when unknown.
  const Device& find(std::string_view name) const;
  /// The same, or the device file at that path when `name` ends with ".yaml" or ".yml".
  Device resolve(const std::string& name) const;
  /// "all", "class:npu", "vendor:AMD", a name or a path; a comma list joins them. In the order
  /// asked, each device once. Throws Error when a part selects nothing.
  std::vector<Device> select(const std::string& selection) const;

  std::span<const Device> devices() const { return devices_; }  ///< sorted by id after `read`
  std::size_t size() const { return devices_.size(); }

 private:
  Device with_energy(Device device) const;

  std::optional<EnergyConstants> constants_;
  std::vector<Device> devices_;
  NameIndex names_;
};

}  // namespace foretoken::hwdb
