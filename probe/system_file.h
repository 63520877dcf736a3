#pragma once

/// Small files of /proc and /sys, which may be missing or closed to the user.

#include <string>

namespace foretoken::probe {

/// The file's first 4 MiB; empty when it cannot be read.
std::string system_file(const std::string& path);

/// Without blanks and line ends around it.
std::string system_line(const std::string& path);

}  // namespace foretoken::probe
