#pragma once

/// Everything that prediction reads from `data/`: devices, runtimes, models, formats, laws and
/// coefficients. Loaded once, then only read.

#include <map>
#include <string>
#include <vector>

#include "base/number_format.h"
#include "hwdb/catalog.h"
#include "hwdb/runtime_catalog.h"
#include "model/llm_catalog.h"
#include "model/weight_scheme.h"
#include "ops/coefficients.h"
#include "sim/memory_law.h"

namespace foretoken::sim {

struct Library {
  FormatTable formats;
  model::SchemeTable schemes;
  model::LlmCatalog models;
  hwdb::Catalog devices;
  hwdb::RuntimeCatalog runtimes;
  std::map<std::string, ops::LawSpec> laws;
  ops::CoefficientTable coefficients;
  MemoryLaw memory;
};

/// Reads `constants/energy.yaml` of the last folder that has it, and the folders `devices`,
/// `runtimes`, `models`, `formats`, `laws` and `coefficients` of each data folder; a later folder's
/// entries replace an earlier one's of the same id, and its coefficients replace whole pools.
/// Formats come from the first folder that has any. With `with_coefficients` false the coefficients
/// stay empty.
Library read_library(const std::vector<std::string>& data_folders, bool with_coefficients = true);

}  // namespace foretoken::sim
