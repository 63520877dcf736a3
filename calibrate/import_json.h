#pragma once

/// Objects of a JSON array, of JSON lines, or one object, as flat records. One object is held at a
/// time. Numbers keep their digits, true and false become 1 and 0, null and nested values are
/// passed over.

#include <string>
#include <string_view>
#include <vector>

#include "calibrate/import_record.h"

namespace foretoken::calibrate {

/// Throws ConfigError with file and line: an object that never ends, text between objects, a fault
/// of syntax, a key twice.
std::vector<ForeignRecord> records_of_json(std::string_view text, const std::string& file);

}  // namespace foretoken::calibrate
