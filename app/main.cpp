#include <csignal>
#include <cstdio>

#include <fcntl.h>
#include <unistd.h>

#include "app/command.h"

namespace {

/// A standard stream that the caller closed would hand its number to the next file opened, and
/// results would end up in there. Standard output gets a stand-in that refuses writing.
void occupy_closed_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(stream, F_GETFD) != -1) continue;
    const int opened = open("/dev/null", stream == STDERR_FILENO ? O_WRONLY : O_RDONLY);
    if (opened != stream && opened >= 0) close(opened);
  }
}

}  // namespace

int main(int argc, char** argv) {
  occupy_closed_streams();
  // A reader that goes away shows as a failed write, which the console takes calmly.
  std::signal(SIGPIPE, SIG_IGN);
  foretoken::app::Console console(stdout, stderr, isatty(STDERR_FILENO) == 1);
  const foretoken::app::Arguments arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  return static_cast<int>(foretoken::app::run_guarded(arguments, console));
}
