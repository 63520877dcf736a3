#pragma once

/// The program's version, from the build.

#include <string_view>

namespace foretoken::app {

std::string_view version();

}  // namespace foretoken::app
