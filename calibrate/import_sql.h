#pragma once

/// Rows of INSERT statements, as llama.cpp's tools print them with `--output sql`.

#include <string>
#include <string_view>
#include <vector>

#include "calibrate/import_record.h"

namespace foretoken::calibrate {

struct SqlRows {
  std::string table;  ///< the first one that is filled
  std::vector<ForeignRecord> records;
};

/// CREATE statements and comments are passed over. Throws ConfigError for any other statement, a
/// cut one, another number of values than columns, or a second table.
SqlRows rows_of_sql(std::string_view text, const std::string& file);

}  // namespace foretoken::calibrate
