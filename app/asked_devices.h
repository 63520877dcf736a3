#pragma once

/// The devices of a question as it wants them: what-if changes made, cores at the clock asked for.

#include <string>
#include <vector>

#include "app/predict_options.h"
#include "hwdb/catalog.h"

namespace foretoken::app {

struct AskedDevices {
  std::vector<hwdb::Device> devices;
  std::vector<hwdb::Device> sheets;  ///< each device at its full clock; empty without `--clock`
};

/// Every device that `options` names, once for each clock. One whose sheet does not state what is
/// scaled, or that does not reach a clock, is left out with a line in `skipped`; throws Error where
/// none is left, and for a change that is malformed.
AskedDevices asked_devices(const PredictOptions& options, const hwdb::Catalog& catalog,
                           std::vector<std::string>& skipped);

}  // namespace foretoken::app
