#pragma once

/// Ends the real program at a chosen moment.

#include <chrono>
#include <string>
#include <vector>

namespace foretoken::test {

/// Starts the program, its output thrown away, and ends it with SIGKILL after `delay`. Returns once
/// it is gone.
void run_and_kill(const std::vector<std::string>& arguments, std::chrono::microseconds delay);

/// How often a test kills: as FORETOKEN_KILLS says, otherwise `usual`.
int kill_tries(int usual);

}  // namespace foretoken::test
