#pragma once

/// Reads a gzip-compressed file whole.

#include <cstddef>
#include <string>

namespace foretoken {

/// Throws Error when the file cannot be read or unpacks to more than `limit` bytes, ConfigError
/// when it is not gzip, is damaged or ends early.
std::string read_gzip_file(const std::string& path, std::size_t limit = 512U << 20U);

}  // namespace foretoken
