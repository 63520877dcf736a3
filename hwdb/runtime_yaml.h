#pragma once

/// Reads one runtime file (`data/runtimes/<id>.yaml`, schema 1).

#include <string>
#include <string_view>

#include "hwdb/runtime.h"

namespace foretoken::hwdb {

inline constexpr int kRuntimeSchema = 1;

/// Throws ConfigError with every fault of the file, Error when it cannot be read.
Runtime read_runtime(const std::string& path);
/// The same from text; `name` stands for the file in messages, and the id may differ from it.
Runtime parse_runtime(std::string_view text, const std::string& name);

}  // namespace foretoken::hwdb
