#pragma once

/// What rows of a pool are grouped by.

#include <string>

#include "calibrate/dataset.h"

namespace foretoken::calibrate {

std::string device_key(const PoolRow& row);
std::string model_key(const PoolRow& row);
std::string source_key(const PoolRow& row);
/// Shape of a kernel's operator: "n x k", heads and head size.
std::string shape_key(const PoolRow& row);

}  // namespace foretoken::calibrate
