#pragma once

/// Sanity rules on what a device file says: facts that contradict each other or physics. A device
/// that breaks one may still be predicted; `check-data` reports it.

#include <string>
#include <vector>

#include "base/error.h"
#include "hwdb/device.h"

namespace foretoken::hwdb {

/// All contradictions of one device, each as "file: message".
std::vector<Fault> device_faults(const Device& device);

/// Every fault of a folder of device files: unreadable files, contradictions, names (id, name,
/// alias) that two devices claim. Empty when the folder is clean.
std::vector<Fault> device_folder_faults(const std::string& folder);

}  // namespace foretoken::hwdb
