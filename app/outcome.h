#pragma once

/// How a command ends.

#include <stdexcept>
#include <string>

namespace foretoken::app {

enum class Outcome : int {
  Done = 0,
  CheckFailed = 1,
  WrongCommandLine = 2,
  BadInput = 3,
  InternalFault = 70,
};

/// A command line that the program cannot make sense of: an unknown flag, a missing one, a word
/// where only a few are allowed. Values that a flag takes but that are impossible are `Error`s.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace foretoken::app
