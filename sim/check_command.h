#pragma once

/// The command that would check a prediction on the real device, in the runtime's own tool.

#include <string>

#include "sim/request.h"

namespace foretoken::sim {

/// The runtime's `check_command` with {model}, {format}, {threads}, {context}, {gen} and {batch}
/// filled in; "" when the runtime names none.
std::string check_command(const Request& request);

}  // namespace foretoken::sim
