#pragma once

/// Reads kernel rows by column name. Needed: device, runtime, op, latency_us.

#include <string>
#include <vector>

#include "base/csv_table.h"
#include "calibrate/measurement.h"

namespace foretoken::calibrate {

/// Throws ConfigError as `read_decode_rows` does.
std::vector<KernelRow> read_kernel_rows(const std::string& path);
/// The same of a table that is read already.
std::vector<KernelRow> kernel_rows_of(const CsvTable& table);

}  // namespace foretoken::calibrate
