#include <algorithm>
#include <filesystem>
#include <map>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "app/add_rows_text.h"
#include "app/command.h"
#include "app/data_folders.h"
#include "app/digits.h"
#include "app/quality_text.h"
#include "app/table.h"
#include "app/values.h"
#include "app/version.h"
#include "base/error.h"
#include "base/text_file.h"
#include "calibrate/add_rows.h"
#include "calibrate/memory_calibration.h"
#include "calibrate/quality_fit.h"
#include "calibrate/run.h"
#include "ops/coefficient_file.h"
#include "sim/quality_file.h"

namespace foretoken::app {
namespace {

constexpr std::size_t kReasonsShown = 8;

std::string pools_text(const calibrate::Calibration& calibration) {
  using enum Table::Align;
  Table table({{"pool"},
               {"decode rows", Right},
               {"kernel rows", Right},
               {"parameters", Right},
               {"iterations", Right},
               {"median error of the fit", Right}});
  for (const calibrate::PoolSummary& pool : calibration.pools) {
    table.add({pool.pool, fmt::format("{}", pool.decode_rows), fmt::format("{}", pool.kernel_rows),
               fmt::format("{}", pool.parameters), fmt::format("{}", pool.iterations),
               percent(pool.median_ape, 1)});
  }
  return table.text();
}

/// How many rows were left out for each reason, the most frequent first.
std::string rejected_text(const std::vector<calibrate::RejectedRow>& rejected) {
  std::map<std::string, std::size_t> counts;
  for (const auto& row : rejected) ++counts[row.reason];
  std::vector<std::pair<std::string, std::size_t>> reasons(counts.begin(), counts.end());
  std::stable_sort(reasons.begin(), reasons.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text = fmt::format("{} rows left out\n", rejected.size());
  for (std::size_t i = 0; i < std::min(reasons.size(), kReasonsShown); ++i) {
    text += fmt::format("  {:>6}  {}\n", reasons[i].second, reasons[i].first);
  }
  if (reasons.size() > kReasonsShown) {
    text += fmt::format("  and {} more reasons\n", reasons.size() - kReasonsShown);
  }
  return text;
}

void make_folder_of(const std::string& path) {
  const auto folder = std::filesystem::path(path).parent_path();
  if (folder.empty()) return;
  std::error_code fault;  // a folder that cannot be made shows when the file is written
  std::filesystem::create_directories(folder, fault);
}

int jobs_of(const Flags& flags) {
  if (!flags.given("jobs")) return 0;
  return static_cast<int>(whole_number(flags.written("jobs"), flags.required("jobs"), {1, 1024}));
}

/// Where refitted pools go: never over the shipped file unless -o says so.
std::string path_for_added(const Flags& flags, const std::vector<std::string>& folders) {
  if (const auto path = flags.find("output")) return *path;
  if (folders.size() > 1) return folders.back() + "/coefficients/foretoken.h5";
  throw UsageError(
      "--add needs -o FILE.h5, or --data DIR with a folder of your own, to write to; the shipped "
      "coefficients stay as they are");
}

Outcome add_rows(const Flags& flags, Console& console) {
  const std::vector<std::string> folders = data_folders(flags);
  const std::string path = path_for_added(flags, folders);
  const calibrate::AddedRows added =
      calibrate::read_added_rows(list_items(flags.written("add"), flags.required("add")));
  sim::Library library = sim::read_library(folders);
  if (const auto device = flags.find("device")) {
    library.devices.add(library.devices.resolve(*device));
  }
  const calibrate::Addition addition = calibrate::add_rows(
      library, folders, added,
      {.threads = jobs_of(flags), .progress = [&](std::size_t done, std::size_t all) {
         console.progress("pools refitted", done, all);
       }});
  console.end_progress();
  if (addition.changes.empty()) {
    console.print(addition_text(addition));
    console.note("nothing was learnt, and nothing written: none of the added rows can be fitted");
    return Outcome::CheckFailed;
  }
  make_folder_of(path);
  ops::write_coefficients(
      path, addition.coefficients,
      {{"tool_version", std::string(version())},
       {"data_hash", addition.data_hash},
       {"settings", "pools of added rows refitted with all rows, others kept"}});
  console.print(addition_text(addition));
  console.print(fmt::format("written to {} (rows {})\n", path, addition.data_hash));
  return Outcome::Done;
}

/// The part of memory that is fitted: seconds of work, a file of its own.
Outcome calibrate_memory(const Flags& flags, Console& console) {
  for (const char* other : {"add", "device", "jobs"}) {
    if (flags.given(other)) {
      throw UsageError(fmt::format("--memory and --{} exclude each other", other));
    }
  }
  const std::vector<std::string> folders = data_folders(flags);
  const std::string path = flags.text("output", folders.back() + "/coefficients/memory.yaml");
  const sim::Library library = sim::read_library(folders, false);
  const calibrate::Dataset data = calibrate::read_decode_dataset(library, folders);
  const calibrate::MemoryRows memory = calibrate::memory_rows(data, library, folders);
  if (memory.rows.empty()) {
    throw Error(fmt::format("no measured row in '{}' states memory of a known kind",
                            fmt::join(folders, "', '")));
  }
  const sim::MemoryLaw law =
      calibrate::fit_memory(memory.rows, std::vector<bool>(memory.rows.size(), true));
  make_folder_of(path);
  const std::string source = fmt::format(
      "foretoken calibrate --memory, fitted to {} measured rows that state their memory",
      memory.rows.size());
  write_text_file(path, sim::memory_law_text(law, source));
  console.print(fmt::format("{} rows, {} left out, {} runtimes; written to {}\n",
                            memory.rows.size(), memory.unused.size(), law.overheads.size(), path));
  return Outcome::Done;
}

/// The law of quantization losses, fitted apart from times: rows of `quality/*.csv`.
Outcome calibrate_quality(const Flags& flags, Console& console) {
  const std::vector<std::string> folders = data_folders(flags);
  const std::string path = flags.text("output", folders.back() + "/" + sim::kQualityFile);
  const sim::Library library = sim::read_library(folders, false);
  const std::vector<sim::QualityRow> rows = sim::read_all_quality_rows(folders);
  const calibrate::QualityCases cases = calibrate::quality_cases(rows, library);
  if (cases.cases.empty()) {
    throw Error(
        fmt::format("no row of quality/*.csv in '{}' can be used", fmt::join(folders, "', '")));
  }
  const sim::QualityCoefficients fitted =
      calibrate::fit_quality_widened(cases.cases, sim::find_quality_priors(folders));
  make_folder_of(path);
  const std::string hash = calibrate::quality_hash(rows);
  sim::write_quality(path, fitted, std::string(version()), hash);
  console.print(quality_fit_text(fitted, cases));
  console.print(fmt::format("written to {} (rows {})\n", path, hash));
  return Outcome::Done;
}

}  // namespace

Outcome run_calibrate(const Arguments& arguments, Console& console) {
  Flags flags("foretoken calibrate [--add ROWS] [--data DIR] [-o FILE.h5]",
              "Fits the coefficients of every pool to the measured rows and writes them; or, with "
              "--add,\nrefits the pools of rows of your own and tells what is not known yet.");
  flags.add_value("add", "ROWS",
                  "comma list of stores (.h5) and CSV files of your own rows: only the pools that "
                  "they fall into are refitted, with all other rows");
  flags.add_value("device,d", "FILE.yaml", "with --add: a device that no data folder has");
  flags.add_value("output,o", "FILE.h5",
                  "where to write (default: coefficients/foretoken.h5 of the "
                  "last data folder; with --add of the last --data)");
  flags.add_switch("memory",
                   "fit runtimes' memory overheads instead, to rows that state memory; written to "
                   "coefficients/memory.yaml (or -o)");
  flags.add_value("jobs,j", "N", "threads (default: all cores)");
  flags.add_switch("quality",
                   "the losses of quantization instead of times; writes quality/loss.h5");
  add_data_flag(flags);
  if (!flags.parse(arguments)) {
    console.print(flags.help());
    return Outcome::Done;
  }
  if (flags.given("memory")) return calibrate_memory(flags, console);
  if (flags.given("quality")) {
    if (flags.given("add")) throw UsageError("--quality and --add exclude each other");
    return calibrate_quality(flags, console);
  }
  if (flags.given("add")) return add_rows(flags, console);
  if (flags.given("device")) throw UsageError("-d (--device) goes with --add");
  const std::vector<std::string> folders = data_folders(flags);
  const std::string path = flags.text("output", folders.back() + "/coefficients/foretoken.h5");
  calibrate::CalibrateOptions options;
  options.threads = jobs_of(flags);
  options.progress = [&](std::size_t done, std::size_t all) {
    console.progress("pools fitted", done, all);
  };
  const sim::Library library = sim::read_library(folders, false);
  const calibrate::Calibration calibration = calibrate::calibrate(library, folders, options);
  console.end_progress();
  if (calibration.pools.empty()) {
    throw Error(
        fmt::format("no measured row in '{}' can be used; expected measurements/decode_*.csv "
                    "in a data folder",
                    fmt::join(folders, "', '")));
  }
  make_folder_of(path);
  // The number of threads is left out: it does not change the result, and the file must not change.
  ops::write_coefficients(path, calibration.coefficients,
                          {{"tool_version", std::string(version())},
                           {"data_hash", calibration.data_hash},
                           {"settings", "joint robust fit of each pool under data/laws"}});
  console.print(pools_text(calibration));
  console.print(rejected_text(calibration.rejected));
  console.print(fmt::format("written to {} (rows {})\n", path, calibration.data_hash));
  return Outcome::Done;
}

}  // namespace foretoken::app
