#include "app/json_text.h"

#include <cmath>
#include <cstdint>

namespace foretoken::app {

Json json_number(double value) {
  constexpr double kExactInteger = 9007199254740992.0;  // 2^53
  if (!std::isfinite(value)) return nullptr;
  if (value == std::rint(value) && std::abs(value) < kExactInteger) {
    return static_cast<std::int64_t>(value);
  }
  return value;
}

std::string json_document(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string json_line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace foretoken::app
