#pragma once

/// Whole files in and out. Writing goes to a temporary file in the same folder and is renamed over
/// the target, so a reader never sees half a file.

#include <string>
#include <string_view>
#include <vector>

namespace foretoken {

/// Throws Error when the file is missing, unreadable, a folder, or larger than `limit` bytes.
std::string read_text_file(const std::string& path, std::size_t limit = 256u << 20u);
void write_text_file(const std::string& path, std::string_view text);
/// Paths of the files in `folder` whose name ends with `ending`, sorted; empty if no such folder.
std::vector<std::string> files_in(const std::string& folder, std::string_view ending);

}  // namespace foretoken
