#pragma once

/// What can be probed on this machine. A further backend is one more line of the table.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "probe/sample.h"
#include "sim/library.h"

namespace foretoken::app {

struct ProbeRequest {
  std::vector<int> threads;  ///< of a processor; empty: a choice by its cores
  double seconds = 60.0;
  bool quick = false;
};

/// Findings with what places them in the data.
struct Probed {
  probe::Findings findings;
  std::string device;           ///< an id of the catalogue, or one made of the name
  double last_level_bytes = 0;  ///< 0: not told
};

struct ProbeBackend {
  std::string_view name;
  Probed (*run)(const ProbeRequest& request, const sim::Library& library,
                const probe::Progress& progress);
};

/// Each `run` throws Error when this machine has no such device.
std::span<const ProbeBackend> probe_backends();

/// Id of the catalogue's device with that name, as drivers write it; an id made of the name when
/// there is none.
std::string device_id_of(const sim::Library& library, const std::string& name);

}  // namespace foretoken::app
