#pragma once

/// What can be probed on this machine. A further backend is one more line of the table.

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "probe/describe.h"
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

/// The id that a description takes: what it would take by itself goes in. May throw, so that
/// nothing is measured in vain.
using IdChoice = std::function<std::string(const std::string& own_id)>;

struct ProbeBackend {
  std::string_view name;
  Probed (*run)(const ProbeRequest& request, const sim::Library& library,
                const probe::Progress& progress);
  /// Facts of the device as a device file; measures for about `seconds`.
  probe::Description (*describe)(double seconds, const sim::Library& library, const IdChoice& id);
};

/// Both functions throw Error when this machine has no such device.
std::span<const ProbeBackend> probe_backends();

/// "all" and their names.
std::vector<std::string> backend_choices();

/// Id of the catalogue's device with that name, as drivers write it; an id made of the name when
/// there is none.
std::string device_id_of(const sim::Library& library, const std::string& name);

}  // namespace foretoken::app
