#include "tests/cli/killed.h"

#include <csignal>
#include <cstdlib>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace foretoken::test {

void run_and_kill(const std::vector<std::string>& arguments, std::chrono::microseconds delay) {
  std::vector<std::string> words{FORETOKEN_PROGRAM};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t quiet;
  posix_spawn_file_actions_init(&quiet);
  posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&quiet, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  const int fault =
      posix_spawn(&child, FORETOKEN_PROGRAM, &quiet, nullptr, pointers.data(), environ);
  posix_spawn_file_actions_destroy(&quiet);
  ASSERT_EQ(fault, 0);
  std::this_thread::sleep_for(delay);
  kill(child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
}

int kill_tries(int usual) {
  const char* const asked = std::getenv("FORETOKEN_KILLS");
  return asked != nullptr ? std::atoi(asked) : usual;
}

}  // namespace foretoken::test
