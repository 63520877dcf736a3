#pragma once

/// `foretoken probe --describe`.

#include <string>

#include "app/console.h"
#include "app/flags.h"
#include "app/outcome.h"
#include "app/values.h"

namespace foretoken::app {

inline constexpr NumberRange kProbeSeconds{0.1, 3600};

/// Throws Error when the folder that `path` lies in is not there: measuring must not end at that.
void require_parent(const std::string& path);

/// Writes or prints a device file for each backend asked for. Throws UsageError or Error.
Outcome describe_machine(const Flags& flags, Console& console);

}  // namespace foretoken::app
