#pragma once

/// What an action throws, as a value to compare.

#include <string>

#include "base/error.h"

namespace foretoken::test {

/// The message of the Error that `action` throws; "nothing was thrown" when it throws none.
template <typename Action>
std::string error_of(Action&& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing was thrown";
}

/// The same, but only ConfigError counts; other exceptions pass through.
template <typename Action>
std::string config_error_of(Action&& action) {
  try {
    action();
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "nothing was thrown";
}

}  // namespace foretoken::test
