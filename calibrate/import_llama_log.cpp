#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "calibrate/import_readers.h"
#include "calibrate/import_record.h"
#include "calibrate/labels.h"

namespace foretoken::calibrate {
namespace {

/// "  eval time =  1234.56 ms /   127 runs   ( ..." after its key.
struct Timing {
  double seconds = 0;
  double tokens = 0;
};

/// Names kept of a log: every row takes them along.
constexpr std::size_t kMostNames = 16;

/// The text between `before` and `after` in the line, without blanks; nullopt when either is not
/// there.
std::optional<std::string_view> between(std::string_view line, std::string_view before,
                                        std::string_view after) {
  const std::size_t start = line.find(before);
  if (start == std::string_view::npos) return std::nullopt;
  const std::string_view rest = line.substr(start + before.size());
  const std::size_t end = rest.find(after);
  if (end == std::string_view::npos) return std::nullopt;
  return trimmed(rest.substr(0, end));
}

/// The text after `before`, without blanks.
std::optional<std::string_view> after(std::string_view line, std::string_view before) {
  const std::size_t start = line.find(before);
  if (start == std::string_view::npos) return std::nullopt;
  return trimmed(line.substr(start + before.size()));
}

std::optional<double> count_in(std::optional<std::string_view> text) {
  if (!text) return std::nullopt;
  const auto number = number_in(*text);
  return number && *number >= 0.0 ? number : std::nullopt;
}

/// What the log has told of the run so far; a timing takes it along.
class Log {
 public:
  Log(const std::string& file, ForeignFile& result) : file_(file), result_(result) {}

  void read(std::string_view line, int number) {
    if (line.find("eval time =") != std::string_view::npos) {
      const Timing timing = timing_in(line, number);
      if (line.find("prompt eval time =") != std::string_view::npos) {
        prompt_ = timing.tokens;
      } else {
        add(timing, number);
      }
      return;
    }
    if (const auto path = between(line, " from ", " (version GGUF")) model(*path);
    const auto name = after(line, "general.name str");
    if (name && models_.size() < kMostNames) {
      models_.emplace_back(trimmed(name->substr(std::min(name->find('=') + 1, name->size()))));
    }
    for (const char* key : {"file type ", "model ftype "}) {
      if (const auto found = after(line, key); found && found->starts_with('=')) {
        formats_ = {std::string(trimmed(found->substr(1)))};
      }
    }
    if (const auto threads = count_in(between(line, "n_threads = ", " "))) {
      constexpr double kMost = 4096;
      threads_ = static_cast<int>(std::min(*threads, kMost));
    }
    if (const auto build = between(line, "build: ", ")")) {
      const std::string_view number_text = build->substr(0, build->find(' '));
      if (number_in(number_text)) build_ = "b" + std::string(*build) + ")";
    }
    if (const auto used = between(line, "using device ", " - ")) device(*used);
    offload(line);
  }

 private:
  Timing timing_in(std::string_view line, int number) const {
    const auto milliseconds = count_in(between(line, "eval time =", " ms"));
    auto tokens = count_in(between(line, " /", " runs"));
    if (!tokens) tokens = count_in(between(line, " /", " tokens"));
    constexpr double kMilli = 1e-3;
    if (!milliseconds || !tokens) {
      stop_at(file_, number, "expected 'eval time = X ms / N runs' or '/ N tokens'");
    }
    return {*milliseconds * kMilli, *tokens};
  }

  void model(std::string_view path) {
    models_.clear();
    formats_.clear();
    path = path.substr(path.find_last_of("/\\") + 1);  // npos + 1 is 0
    if (path.ends_with(".gguf")) path.remove_suffix(5);
    models_.emplace_back(path);
  }

  /// "CUDA0 (NVIDIA GeForce RTX 3090)"
  void device(std::string_view text) {
    const std::size_t open = text.find(" (");
    runtime_ = llama_cpp_runtime(text.substr(0, open));
    if (const auto name = between(text, " (", ")")) {
      const bool known = std::find(devices_.begin(), devices_.end(), *name) != devices_.end();
      if (!known && devices_.size() < kMostNames) devices_.emplace_back(*name);
    }
    ++named_devices_;
  }

  /// "offloaded 28/33 layers to GPU"
  void offload(std::string_view line) {
    const auto layers = between(line, "offloaded ", " layers to GPU");
    if (!layers) return;
    const std::size_t slash = layers->find('/');
    if (slash == std::string_view::npos) return;
    const auto placed = count_in(layers->substr(0, slash));
    const auto all = count_in(layers->substr(slash + 1));
    if (!placed || !all) return;
    layers_ = *placed < *all ? *placed : -1.0;
    if (*placed == 0.0) runtime_ = "llama.cpp-cpu";
  }

  void add(const Timing& timing, int number) {
    const double prompt = std::exchange(prompt_, 0.0);
    if (timing.tokens < 1.0 || timing.seconds <= 0.0) {
      result_.unused.push_back({number, Unused::NoFigure, "nothing was generated"});
      return;
    }
    ForeignDecode found;
    DecodeRow& row = found.row;
    row.file = file_;
    row.line = number;
    row.runtime = runtime_;
    row.runtime_version = build_;
    row.threads = threads_;
    row.gen_tokens = timing.tokens;
    row.tokens_per_second = timing.tokens / timing.seconds;
    row.context_start = prompt;
    row.prefill_tokens = prompt;
    if (named_devices_ > 1) {
      row.n_devices = named_devices_;
      add_label(row.label, "multi-device");
    }
    found.devices = devices_;
    found.models = models_;
    found.formats = formats_;
    if (!models_.empty()) found.formats.push_back(models_.front());
    found.layers_on_device = layers_;
    found.from.build = build_;
    result_.decode.push_back(std::move(found));
    if (result_.decode.size() + result_.unused.size() > kMostRecords) {
      stop_at(file_, number, fmt::format("more than {} rows", kMostRecords));
    }
  }

  const std::string& file_;
  ForeignFile& result_;
  std::string runtime_ = "llama.cpp";
  std::string build_;
  std::vector<std::string> devices_;
  std::vector<std::string> models_;
  std::vector<std::string> formats_;
  int threads_ = 0;
  int named_devices_ = 0;
  double layers_ = -1;
  double prompt_ = 0;
};

}  // namespace

void add_llama_log(std::string_view text, const std::string& file, ForeignFile& result) {
  result.tool = "llama.cpp log";
  Log log(file, result);
  int number = 0;
  constexpr std::size_t kLongestLine = 4000;
  for (const std::string_view line : lines_of(text)) {
    ++number;
    if (line.size() <= kLongestLine) log.read(line, number);
  }
}

}  // namespace foretoken::calibrate
