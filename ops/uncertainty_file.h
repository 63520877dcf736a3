#pragma once

/// A pool's uncertainty in a coefficient file: a group for each map, a column for each number.

#include <string>

#include "base/h5_file.h"
#include "ops/uncertainty.h"

namespace foretoken::ops {

void write_uncertainty(H5Writer& file, const std::string& group, const Uncertainty& uncertainty);
/// Throws Error for columns of different length.
void read_uncertainty(const H5Reader& file, const std::string& group, Uncertainty& uncertainty);

}  // namespace foretoken::ops
