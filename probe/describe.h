#pragma once

/// A device file of this machine, from what the system tells and a little measuring.

#include <map>
#include <string>

#include "hwdb/device.h"
#include "probe/host.h"

namespace foretoken::probe {

/// What was measured for a description.
struct Measured {
  double bandwidth = 0;    ///< bytes a second that all cores read
  double clock_hertz = 0;  ///< of one busy core
};

struct Description {
  hwdb::Device device;
  /// By key of the device file ("memory.bandwidth"): "told by /proc/cpuinfo", "measured ...".
  std::map<std::string, std::string> origins;
};

/// `id` empty: from the name, architecture and number of cores.
Description describe(const Host& host, const Measured& measured, const std::string& id = "");

/// The file, a comment behind each fact. What `hwdb::parse_device` reads of it is the device.
std::string device_yaml_text(const Description& description);

/// Id that `describe` gives: "amd-epyc-9374f", "amd-epyc-zen3-2c".
std::string device_id(const Host& host);

/// The same way for any name: "NVIDIA H100 PCIe" is "nvidia-h100-pcie".
std::string id_of_name(const std::string& name);

}  // namespace foretoken::probe
