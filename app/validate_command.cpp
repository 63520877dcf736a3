#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "app/command.h"
#include "app/data_folders.h"
#include "app/few_shot_text.h"
#include "app/memory_card_text.h"
#include "app/quality_text.h"
#include "app/rows_csv.h"
#include "app/scorecard_json.h"
#include "app/scorecard_text.h"
#include "app/sustained_text.h"
#include "app/values.h"
#include "base/error.h"
#include "base/text_file.h"
#include "validate/limits.h"
#include "validate/run.h"

namespace foretoken::app {
namespace {

validate::ValidateOptions options_of(const Flags& flags, Console& console) {
  validate::ValidateOptions options;
  options.leave_out =
      flags.choice("leave-out", {"device", "model", "pair", "source"}, options.leave_out);
  if (const auto text = flags.find("group-by")) {
    options.group_by = list_items(flags.written("group-by"), *text);
  }
  if (const auto text = flags.find("worst")) {
    options.worst = static_cast<std::size_t>(whole_number(flags.written("worst"), *text, {0, 1e6}));
  }
  if (const auto text = flags.find("jobs")) {
    options.threads = static_cast<int>(whole_number(flags.written("jobs"), *text, {1, 1024}));
  }
  if (const auto text = flags.find("pool")) {
    options.pools = list_items(flags.written("pool"), *text);
  }
  options.energy = flags.given("energy");
  options.predicted_time = flags.given("predicted-time");
  if (options.predicted_time && !options.energy) {
    throw UsageError("--predicted-time is of --energy");
  }
  if (options.energy && flags.given("limits")) {  // whose bars are of devices
    std::vector<std::string>& by = options.group_by;
    if (std::find(by.begin(), by.end(), "device") == by.end()) by.emplace_back("device");
  }
  options.operators = !flags.given("no-operators") && !options.energy;
  options.lines = flags.given("rows");
  options.progress = [&console](std::size_t done, std::size_t all) {
    console.progress("folds refitted", done, all);
  };
  return options;
}

/// "0,1,4" as it is to be run: ascending, each once.
std::vector<std::size_t> shots_of(const Flags& flags, const std::string& text) {
  std::set<std::size_t> shots;
  for (const double count : whole_numbers(flags.written("few-shot"), text, {0, 1000})) {
    shots.insert(static_cast<std::size_t>(count));
  }
  return {shots.begin(), shots.end()};
}

/// "--few-shot" without counts asks for the usual ones.
Arguments with_usual_shots(const Arguments& arguments) {
  Arguments filled;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    filled.push_back(arguments[i]);
    const bool last = i + 1 == arguments.size();
    if (arguments[i] == "--few-shot" && (last || arguments[i + 1].starts_with("-"))) {
      filled.emplace_back("0,1,2,4,8,16");
    }
  }
  return filled;
}

void refuse_others(const Flags& flags, const char* flag, const std::vector<const char*>& others) {
  for (const char* other : others) {
    if (flags.given(other)) {
      throw UsageError(fmt::format("--{} and --{} exclude each other", flag, other));
    }
  }
}

Outcome run_sustained(const Flags& flags, const std::string& format, Console& console) {
  refuse_others(flags, "sustained",
                {"leave-out", "against", "pool", "few-shot", "limits", "group-by", "worst",
                 "energy", "memory", "rows"});
  const std::vector<std::string> folders = data_folders(flags);
  const sim::Library library = sim::read_library(folders);
  const validate::SustainedCard card = validate::validate_sustained(library, folders);
  if (card.curves.empty()) {
    throw Error(fmt::format("no measurements/thermal_curves.csv in '{}'", folders.back()));
  }
  console.print(format == "json" ? sustained_card_json(card)
                                 : sustained_card_text(card, format == "md"));
  return Outcome::Done;
}

Outcome run_memory(const Flags& flags, const std::string& format, Console& console) {
  refuse_others(flags, "memory",
                {"against", "pool", "few-shot", "limits", "group-by", "worst", "energy"});
  const std::string leave_out = flags.choice("leave-out", {"device", "model"}, "model");
  const std::vector<std::string> folders = data_folders(flags);
  const sim::Library library = sim::read_library(folders, false);
  const validate::MemoryCard card = validate::validate_memory(library, folders, leave_out);
  if (card.all.rows == 0) {
    throw Error(fmt::format("no measured row in '{}' states memory", folders.back()));
  }
  if (const auto path = flags.find("rows")) {
    std::string text;
    for (const std::string& line : card.lines) text += line;
    write_text_file(*path, text);
  }
  console.print(format == "json" ? memory_card_json(card) : memory_card_text(card, format == "md"));
  return Outcome::Done;
}

Outcome limits_kept(const validate::Scorecard& card, const validate::Limits& limits,
                    const validate::ValidateOptions& options, Console& console) {
  const std::vector<std::string> lines = validate::beyond_limits(card, limits, options.pools);
  for (const std::string& line : lines) console.note("beyond its limit: " + line);
  return lines.empty() ? Outcome::Done : Outcome::CheckFailed;
}

/// Bars of the held-out quantization losses.
constexpr double kLeastCovered = 0.85;
constexpr double kMostCovered = 0.95;
constexpr double kLeastTau = 0.9;

/// Held-out quantization losses; exit code 1 when they miss what the documentation promises.
Outcome validate_quality(const Flags& flags, const std::string& format, Console& console) {
  for (const char* other :
       {"against", "pool", "few-shot", "energy", "leave-out", "group-by", "limits", "rows"}) {
    if (flags.given(other)) {
      throw UsageError(fmt::format("--quality and --{} exclude each other", other));
    }
  }
  const std::vector<std::string> folders = data_folders(flags);
  const sim::Library library = sim::read_library(folders, false);
  const std::vector<sim::QualityRow> rows = sim::read_all_quality_rows(folders);
  const validate::QualityCard card =
      validate::validate_quality(rows, library, sim::find_quality_priors(folders));
  console.print(format == "json" ? quality_card_json(card)
                                 : quality_card_text(card, format == "md"));
  const double covered = card.covered[2];
  if (covered < kLeastCovered || covered > kMostCovered) {
    console.note(
        fmt::format("the 90 % interval holds {:.1f} % of held-out rows; expected {:.0f} "
                    "to {:.0f} %",
                    covered * 100.0, kLeastCovered * 100.0, kMostCovered * 100.0));
    return Outcome::CheckFailed;
  }
  if (card.tau < kLeastTau) {
    console.note(fmt::format("Kendall's tau is {:.3f}; expected at least {}", card.tau, kLeastTau));
    return Outcome::CheckFailed;
  }
  return Outcome::Done;
}

}  // namespace

Outcome run_validate(const Arguments& arguments, Console& console) {
  Flags flags(
      "foretoken validate [--leave-out device|model|pair|source] [--few-shot COUNTS] "
      "[--against ROWS]",
      "Held-out errors beside those of baselines, every fold refitted; or how well rows of "
      "your own are met.");
  flags.add_value("leave-out", "WHAT", "device (default), model, pair or source");
  flags.add_value("against", "ROWS",
                  "rows from outside, a CSV or a store (.h5); nothing is fitted to them");
  flags.add_value("few-shot", "COUNTS",
                  "comma list, like 0,1,4,16 (default 0,1,2,4,8,16): each device left out, so many "
                  "of its rows, or kernels, given back, the other rows predicted");
  flags.add_value("group-by", "KEYS",
                  "comma list of pool (default), class, vendor, runtime, "
                  "format_class, arch_class, device, model, source");
  flags.add_value("pool", "NAMES", "comma list of pools of coefficients (default: all)");
  flags.add_value("limits", "FILE.yaml",
                  "bars that the errors must keep; exit code 1 and a line for each that is not");
  flags.add_value("worst", "N", "how many of the worst rows to show (default 10)");
  flags.add_value("rows", "FILE.csv", "write every predicted row to a file");
  flags.add_switch("energy", "joules a token of rows that state power, in place of their times");
  flags.add_switch("predicted-time",
                   "with --energy: at the time that the time law foretells, held out as well, as "
                   "'predict' answers");
  flags.add_switch("memory",
                   "memory of rows that state it, and whether what ran is said to fit; with "
                   "--leave-out model (default) or device");
  flags.add_switch("sustained",
                   "rates of warm machines under their power budget, each measured curve left out");
  flags.add_switch("quality",
                   "losses of quantization: models left out, order of formats; exit code 1 "
                   "outside of the documented bars");
  flags.add_switch("no-operators", "leave the operator rows out");
  flags.add_value("jobs,j", "N", "threads (default: all cores)");
  flags.add_value("output,o", "FORMAT", "text (default), md or json");
  add_data_flag(flags);
  if (!flags.parse(with_usual_shots(arguments))) {
    console.print(flags.help());
    return Outcome::Done;
  }
  const std::string format = flags.choice("output", {"text", "md", "json"}, "text");
  if (flags.given("sustained")) return run_sustained(flags, format, console);
  if (flags.given("memory")) return run_memory(flags, format, console);
  if (flags.given("quality")) return validate_quality(flags, format, console);
  const validate::ValidateOptions options = options_of(flags, console);
  const auto rows = flags.find("against");
  if (rows && flags.given("leave-out")) {
    throw UsageError("--against and --leave-out exclude each other");
  }
  if (rows && flags.given("pool")) throw UsageError("--against and --pool exclude each other");
  const auto limits_file = flags.find("limits");
  if (rows && limits_file) throw UsageError("--against and --limits exclude each other");
  // Read before the folds: a fault in the file must not cost minutes.
  const validate::Limits limits =
      limits_file ? validate::read_limits(*limits_file) : validate::Limits{};
  if (options.energy) {
    if (options.predicted_time && limits_file) {
      throw UsageError("--predicted-time and --limits exclude each other");
    }
    for (const char* other : {"against", "pool", "few-shot"}) {
      if (flags.given(other)) {
        throw UsageError(fmt::format("--energy and --{} exclude each other", other));
      }
    }
  }
  const auto shots = flags.find("few-shot");
  if (shots) {
    for (const char* other : {"against", "leave-out", "group-by", "worst", "limits", "rows"}) {
      if (flags.given(other)) {
        throw UsageError(fmt::format("--few-shot and --{} exclude each other", other));
      }
    }
  }
  const std::vector<std::string> folders = data_folders(flags);
  const sim::Library library = sim::read_library(folders, rows.has_value());
  if (shots) {
    const validate::FewShotCard card =
        validate::few_shot(library, folders, shots_of(flags, *shots), options);
    console.end_progress();
    console.print(format == "json" ? few_shot_json(card) : few_shot_text(card, format == "md"));
    return Outcome::Done;
  }
  const validate::Scorecard card = rows ? validate::against(library, *rows, options)
                                        : validate::leave_one_out(library, folders, options);
  console.end_progress();
  if (card.rows == 0) {
    throw Error(fmt::format("no measured row in '{}'", rows ? *rows : folders.back()));
  }
  if (const auto path = flags.find("rows")) write_text_file(*path, rows_csv(card));
  if (format == "json") {
    console.print(scorecard_json(card));
  } else {
    console.print(
        scorecard_text(card, format == "md" ? ScorecardStyle::Markdown : ScorecardStyle::Text));
  }
  return limits_file ? limits_kept(card, limits, options, console) : Outcome::Done;
}

}  // namespace foretoken::app
