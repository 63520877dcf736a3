#pragma once

/// The message of what a call throws, for tests of messages.

#include <string>
#include <vector>

#include "base/error.h"

namespace foretoken {

template <typename Call>
std::string message_of(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "(nothing thrown)";
}

inline std::string text_of(const std::vector<Fault>& faults) {
  std::string text;
  for (const Fault& fault : faults) text += fault.text() + "\n";
  return text;
}

}  // namespace foretoken
