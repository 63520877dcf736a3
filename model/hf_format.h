#pragma once

/// The weight format a `config.json` states for its files.

#include <string>

#include "model/hf_keys.h"

namespace foretoken::model {

/// Name of a weight scheme from `quantization_config` (or MLX's `quantization`); "" when there is
/// none and the weights are 16-bit. A method without a scheme gives the method's own name.
std::string stated_format(HfKeys& keys);

}  // namespace foretoken::model
