#include "tests/cli/program.h"

#include <array>
#include <csignal>
#include <cstdlib>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text_file.h"
#include "tests/support/temp_folder.h"

namespace foretoken::test {
namespace {

class Actions {
 public:
  Actions() { posix_spawn_file_actions_init(&actions_); }
  ~Actions() { posix_spawn_file_actions_destroy(&actions_); }
  Actions(const Actions&) = delete;
  Actions& operator=(const Actions&) = delete;

  void to_file(int stream, const std::string& path) {
    posix_spawn_file_actions_addopen(&actions_, stream, path.c_str(), O_WRONLY | O_CREAT | O_TRUNC,
                                     0600);
  }
  void close(int stream) { posix_spawn_file_actions_addclose(&actions_, stream); }
  void duplicate(int from, int to) { posix_spawn_file_actions_adddup2(&actions_, from, to); }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

std::vector<std::string> environment(const std::string& data) {
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string text = *variable;
    if (!text.starts_with("FORETOKEN_DATA=")) variables.push_back(text);
  }
  if (!data.empty()) variables.push_back("FORETOKEN_DATA=" + data);
  return variables;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> list;
  for (std::string& text : texts) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

int exit_code(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

ProgramRun run_program(const std::vector<std::string>& arguments, const RunOptions& options) {
  const TempFolder folder;
  const std::string out = options.out_path.empty() ? folder / "out" : options.out_path;
  Actions actions;
  std::array<int, 2> pipe_ends{-1, -1};
  if (options.reader_leaves) {
    if (pipe(pipe_ends.data()) != 0) return {};
    ::close(pipe_ends[0]);
    actions.duplicate(pipe_ends[1], STDOUT_FILENO);
  } else if (out == "-") {
    actions.close(STDOUT_FILENO);
  } else {
    actions.to_file(STDOUT_FILENO, out);
  }
  actions.to_file(STDERR_FILENO, folder / "err");

  std::vector<std::string> words{FORETOKEN_PROGRAM};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables = environment(options.data);
  pid_t child = 0;
  const int fault = posix_spawn(&child, FORETOKEN_PROGRAM, actions.get(), nullptr,
                                pointers(words).data(), pointers(variables).data());
  if (pipe_ends[1] >= 0) ::close(pipe_ends[1]);
  if (fault != 0) return {};
  int status = 0;
  waitpid(child, &status, 0);
  ProgramRun run{.code = exit_code(status), .out = {}, .err = read_text_file(folder / "err")};
  if (options.out_path.empty() && !options.reader_leaves) run.out = read_text_file(out);
  return run;
}

}  // namespace foretoken::test
