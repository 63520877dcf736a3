#pragma once

/// The two streams of the program: results go to standard output, everything else to standard
/// error. A reader that closes the pipe early (`| head`) ends the output, not the program.

#include <cstddef>
#include <cstdio>
#include <mutex>
#include <string>
#include <string_view>

namespace foretoken::app {

class Console {
 public:
  /// `live` says whether progress lines are wanted (a person is watching `err`).
  Console(std::FILE* out, std::FILE* err, bool live);

  /// Writes to standard output as it is. Throws Error when the output cannot take it (disk full).
  void print(std::string_view text);
  /// One line on standard error.
  void note(std::string_view line);
  /// "what: done of all", each over the last, when a person is watching. Safe from any thread.
  void progress(std::string_view what, std::size_t done, std::size_t all);
  /// Removes the progress line.
  void end_progress();
  /// Flushes standard output; throws as `print`.
  void finish();

 private:
  void check_output(bool written);

  std::FILE* out_;
  std::FILE* err_;
  bool live_;
  bool reader_gone_ = false;
  bool progress_shown_ = false;
  std::mutex mutex_;
};

}  // namespace foretoken::app
