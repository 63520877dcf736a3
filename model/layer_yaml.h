#pragma once

/// One layer type of an architecture file: the mapping below a letter of `layer_types`.

#include "base/yaml_map.h"
#include "model/llm.h"

namespace foretoken::model {

/// Faults go to the file `map` belongs to.
Layer read_layer(YamlMap& map);

}  // namespace foretoken::model
