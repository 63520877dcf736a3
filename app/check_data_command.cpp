#include <fmt/format.h>

#include "app/command.h"
#include "app/data_folders.h"
#include "app/data_lint.h"

namespace foretoken::app {

Outcome run_check_data(const Arguments& arguments, Console& console) {
  Flags flags("foretoken check-data [DIR]",
              "Lints a data folder: every file readable, every fact possible, sourced and unique.");
  flags.add_words("the folder", 0, 1);
  if (!flags.parse(arguments)) {
    console.print(flags.help());
    return Outcome::Done;
  }
  const std::string folder = flags.words().empty() ? shipped_data_folder() : flags.words().front();
  const LintResult result = lint_data(folder);
  for (const Fault& fault : result.faults) console.print(fault.text() + "\n");
  std::string counts;
  for (const auto& [what, number] : result.counts) {
    counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", number, what);
  }
  if (result.faults.empty()) {
    console.print(fmt::format("{}: clean ({})\n", folder, counts));
    return Outcome::Done;
  }
  console.print(fmt::format("{}: {} faults ({})\n", folder, result.faults.size(), counts));
  return Outcome::CheckFailed;
}

}  // namespace foretoken::app
