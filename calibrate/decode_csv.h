#pragma once

/// Reads end-to-end decode rows. One schema for the product's own files and for a user's: the
/// columns below by name, unknown ones ignored, missing optional ones empty. Needed: device,
/// runtime, model, weight_format and one of decode_tok_s and tpot_ms.

#include <string>
#include <vector>

#include "base/csv_table.h"
#include "calibrate/measurement.h"

namespace foretoken::calibrate {

/// Throws ConfigError for a missing column or a cell that is not what its column holds (a negative
/// or non-finite figure, a word where a number belongs), with file, line and column name.
std::vector<DecodeRow> read_decode_rows(const std::string& path);
/// The same of a table that is read already.
std::vector<DecodeRow> decode_rows_of(const CsvTable& table);

}  // namespace foretoken::calibrate
