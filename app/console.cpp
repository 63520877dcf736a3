#include "app/console.h"

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "base/error.h"

namespace foretoken::app {

Console::Console(std::FILE* out, std::FILE* err, bool live) : out_(out), err_(err), live_(live) {}

void Console::check_output(bool written) {
  if (written) return;
  const int reason = errno;
  // What is still buffered has nowhere to go: the next writes are silently dropped.
  reader_gone_ = true;
  if (reason == EPIPE) return;
  throw Error(fmt::format("cannot write to standard output: {}", std::strerror(reason)));
}

void Console::print(std::string_view text) {
  if (reader_gone_ || text.empty()) return;
  check_output(std::fwrite(text.data(), 1, text.size(), out_) == text.size());
}

void Console::note(std::string_view line) {
  end_progress();
  const std::string text = fmt::format("{}\n", line);
  std::fwrite(text.data(), 1, text.size(), err_);  // nowhere is left to report a failure to
}

void Console::progress(std::string_view what, std::size_t done, std::size_t all) {
  if (!live_) return;
  const std::lock_guard<std::mutex> lock(mutex_);
  const std::string text = fmt::format("\r{}: {} of {}\x1b[K", what, done, all);
  std::fwrite(text.data(), 1, text.size(), err_);
  std::fflush(err_);
  progress_shown_ = true;
}

void Console::end_progress() {
  if (!live_) return;
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!progress_shown_) return;
  const std::string_view erase = "\r\x1b[K";
  std::fwrite(erase.data(), 1, erase.size(), err_);
  progress_shown_ = false;
}

void Console::finish() {
  if (!reader_gone_) check_output(std::fflush(out_) == 0);
}

}  // namespace foretoken::app
