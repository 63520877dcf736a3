#pragma once

/// The JSON door: a document parsed with nlohmann-json in which duplicate keys, NaN and trailing
/// text are faults with line and column.

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace foretoken {

/// Reads a JSON file; throws ConfigError (syntax, duplicate key) or Error (cannot be read).
nlohmann::json read_json(const std::string& path);
/// The same from text; `name` stands for the file in messages.
nlohmann::json parse_json(std::string_view text, const std::string& name);

}  // namespace foretoken
