#include <chrono>
#include <filesystem>
#include <map>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "app/command.h"
#include "app/data_folders.h"
#include "app/values.h"
#include "base/text_file.h"
#include "calibrate/import.h"
#include "calibrate/row_store.h"

namespace foretoken::app {
namespace {

constexpr std::size_t kMostFiles = 10'000;
constexpr std::size_t kReasonsShown = 12;

std::string today() {
  const auto days = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  const std::chrono::year_month_day date(days);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

/// A reason holds what a file says, which must not steer a terminal.
std::string printable(std::string text) {
  constexpr std::size_t kLongest = 300;
  if (text.size() > kLongest) text = text.substr(0, kLongest) + "...";
  for (char& c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) c = '?';
  }
  return text;
}

std::string counted(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

/// Rows that were not used, by kind and reason, with the first line of each.
std::string unused_text(const std::vector<calibrate::UnusedRow>& unused) {
  struct Group {
    std::size_t count = 0;
    int line = 0;
  };
  std::map<std::pair<calibrate::Unused, std::string>, Group> groups;
  for (const calibrate::UnusedRow& row : unused) {
    Group& group = groups[{row.why, row.reason}];
    if (group.count++ == 0) group.line = row.line;
  }
  std::string text;
  std::size_t shown = 0;
  for (const auto& [key, group] : groups) {
    if (shown++ == kReasonsShown) {
      text += fmt::format("          and {} more reasons\n", groups.size() - kReasonsShown);
      break;
    }
    text += fmt::format("  {:>6}  {}: {} ({}line {})\n", group.count, text_of(key.first),
                        printable(key.second), group.count > 1 ? "from " : "", group.line);
  }
  return text;
}

std::string account_text(const calibrate::FileAccount& file) {
  std::string text = fmt::format("{}: {}{}{}{}, {}\n", printable(file.path), file.tool,
                                 file.format.empty() ? "" : " ", file.format,
                                 file.build.empty() ? "" : ", build " + printable(file.build),
                                 counted(file.used() + file.unused.size(), "row"));
  if (file.decode > 0) text += fmt::format("  {:>6}  used: decode\n", file.decode);
  if (file.kernels > 0) text += fmt::format("  {:>6}  used: operators\n", file.kernels);
  text += unused_text(file.unused);
  if (!file.passed_over.empty()) {
    text += printable(
                fmt::format("          columns not kept: {}", fmt::join(file.passed_over, ", "))) +
            "\n";
  }
  return text;
}

calibrate::ImportOptions options_of(const Flags& flags) {
  calibrate::ImportOptions options{.device = flags.text("device", ""),
                                   .model = flags.text("model", ""),
                                   .format = flags.text("quant", ""),
                                   .runtime = flags.text("runtime", ""),
                                   .today = today()};
  if (const auto ranks = flags.find("tp")) {
    options.ranks = static_cast<int>(whole_number(flags.written("tp"), *ranks, {1, 1024}));
  }
  return options;
}

}  // namespace

Outcome run_import(const Arguments& arguments, Console& console) {
  Flags flags(
      "foretoken import FILE... -o STORE.h5 [-d DEVICE] [-m MODEL] [-q FORMAT]",
      "Reads measurements of other tools into a store: llama-bench (json, jsonl, csv, md, "
      "sql),\nllama-batched-bench (md, jsonl), test-backend-ops perf (console, sql), vllm "
      "bench,\n'ollama run --verbose' and ollama's API, logs of llama.cpp with timings, and "
      "the product's\nown CSV. Tells what became of every row.");
  flags.add_words("FILE", 1, kMostFiles);
  flags.add_value("output,o", "STORE.h5", "where rows are added; made when it is not there");
  flags.add_value("device,d", "DEVICE", "device of all rows (default: what the file says)");
  flags.add_value("model,m", "MODEL", "model of all rows (default: what the file says)");
  flags.add_value("quant,q", "FORMAT", "weight format of all rows (default: what the file says)");
  flags.add_value("runtime", "R", "runtime of all rows (default: what the file says)");
  flags.add_value("tp", "N", "tensor-parallel devices of a serving engine (default 1)");
  add_data_flag(flags);
  if (!flags.parse(arguments)) {
    console.print(flags.help());
    return Outcome::Done;
  }
  const std::string path = flags.required("output");
  const sim::Library library = sim::read_library(data_folders(flags), false);
  std::error_code unknown;
  calibrate::RowStore store;
  if (std::filesystem::exists(path, unknown)) store = calibrate::read_row_store(path);
  const std::vector<calibrate::FileAccount> accounts =
      calibrate::import_files(library, flags.words(), options_of(flags), store);
  std::size_t added = 0;
  std::size_t known = 0;
  for (const calibrate::FileAccount& file : accounts) {
    added += file.used();
    for (const calibrate::UnusedRow& row : file.unused) {
      if (row.why == calibrate::Unused::Duplicate) ++known;
    }
  }
  if (added > 0) calibrate::write_row_store(path, store);
  for (const calibrate::FileAccount& file : accounts) console.print(account_text(file));
  console.print(fmt::format("{} added to {}, which holds {} decode and {} operator rows\n",
                            counted(added, "row"), path, store.decode.size(),
                            store.kernels.size()));
  return added + known > 0 ? Outcome::Done : Outcome::CheckFailed;
}

Outcome run_export(const Arguments& arguments, Console& console) {
  Flags flags("foretoken export STORE.h5 [-o ROWS.csv] [--kernels KERNELS.csv]",
              "Writes the rows of a store as CSV: decode rows, operator rows, each with its "
              "provenance.");
  flags.add_words("STORE.h5", 1, 1);
  flags.add_value("output,o", "ROWS.csv", "where decode rows go (default: standard output)");
  flags.add_value("kernels", "KERNELS.csv", "where operator rows go (default: nowhere)");
  if (!flags.parse(arguments)) {
    console.print(flags.help());
    return Outcome::Done;
  }
  const calibrate::RowStore store = calibrate::read_row_store(flags.words().front());
  const auto kernels = flags.find("kernels");
  const auto output = flags.find("output");
  if (kernels) write_text_file(*kernels, calibrate::kernel_csv_text(store));
  if (output) {
    write_text_file(*output, calibrate::decode_csv_text(store));
  } else if (!kernels) {
    console.print(calibrate::decode_csv_text(store));
  }
  if (!kernels && !store.kernels.empty()) {
    console.note(fmt::format("{} not written; --kernels FILE.csv writes them",
                             counted(store.kernels.size(), "operator row")));
  }
  return Outcome::Done;
}

}  // namespace foretoken::app
