#pragma once

/// Samples of a probe as rows of a store.

#include <string>
#include <vector>

#include "app/probe_backends.h"
#include "calibrate/row_store.h"

namespace foretoken::app {

/// `time` is the moment of the probe, "2026-08-31T10:20:30Z".
std::vector<calibrate::Stored<calibrate::KernelRow>> probe_rows(const Probed& probed,
                                                                const std::string& time);

}  // namespace foretoken::app
