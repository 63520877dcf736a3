#pragma once

/// Joules that follow from a device's technology, not from its sheet. Read from
/// `data/constants/energy.yaml`, where each value has its source.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hwdb/device.h"

namespace foretoken::hwdb {

struct EnergyConstants {
  std::map<std::string, double> memory;  ///< pJ a bit, by what a memory type begins with
  double other_memory = 0;               ///< pJ a bit
  double operation = 0;                  ///< J, of matrix units whose rate is not stated
  double lane_operation = 0;             ///< J, of vector lanes whose rate is not stated
  double watts_per_rate = 0;             ///< W for each byte a second, where no power is stated
};

/// Throws ConfigError with every fault of the file, a value without a source among them.
EnergyConstants read_energy_constants(const std::string& path);
EnergyConstants parse_energy_constants(std::string_view text, const std::string& name);

/// The file of the last of the data folders that has one; nothing where none has.
std::optional<EnergyConstants> find_energy_constants(const std::vector<std::string>& data_folders);

/// Those of one device, by its memory type: the longest name that it begins with counts.
TechnologyEnergy technology_energy(const EnergyConstants& constants, std::string_view memory_type);

}  // namespace foretoken::hwdb
