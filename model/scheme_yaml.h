#pragma once

/// The reader of `data/formats/schemes/*.yaml`; the files' comments explain the keys.

#include <string>
#include <vector>

#include "base/number_format.h"
#include "model/scheme_rule.h"

namespace foretoken::model {

/// Every scheme of the folder in file order. Throws ConfigError.
std::vector<Scheme> read_schemes(const std::string& folder, const FormatTable& table);

}  // namespace foretoken::model
