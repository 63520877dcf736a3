#pragma once

/// Reads one device file (`data/devices/<id>.yaml`, schema 1).

#include <string>
#include <string_view>

#include "hwdb/device.h"

namespace foretoken::hwdb {

inline constexpr int kDeviceSchema = 1;

/// Throws ConfigError with every fault of the file (unknown key, wrong unit, id that is not the
/// file's name ...), Error when the file cannot be read. Facts are read as written; whether they
/// agree with each other is asked by `device_faults`.
Device read_device(const std::string& path);
/// The same from text; `name` stands for the file in messages, and the id may differ from it.
Device parse_device(std::string_view text, const std::string& name);

}  // namespace foretoken::hwdb
