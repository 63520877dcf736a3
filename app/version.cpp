#include "app/version.h"

namespace foretoken::app {

std::string_view version() { return FORETOKEN_VERSION; }

}  // namespace foretoken::app
