#pragma once

/// The subcommands of the program.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/console.h"
#include "app/outcome.h"

namespace foretoken::app {

using Arguments = std::vector<std::string>;

struct Command {
  std::string_view name;
  std::string_view summary;
  Outcome (*run)(const Arguments&, Console&);
};

std::span<const Command> commands();

/// Each throws UsageError or Error; what it prints is in its own file's words.
Outcome run_predict(const Arguments& arguments, Console& console);
Outcome run_tradeoff(const Arguments& arguments, Console& console);
Outcome run_op(const Arguments& arguments, Console& console);
Outcome run_calibrate(const Arguments& arguments, Console& console);
Outcome run_import(const Arguments& arguments, Console& console);
Outcome run_export(const Arguments& arguments, Console& console);
Outcome run_compare(const Arguments& arguments, Console& console);
Outcome run_probe(const Arguments& arguments, Console& console);
Outcome run_validate(const Arguments& arguments, Console& console);
Outcome run_list(const Arguments& arguments, Console& console);
Outcome run_show(const Arguments& arguments, Console& console);
Outcome run_check_data(const Arguments& arguments, Console& console);

/// The whole program after `main`'s bookkeeping: picks the command, or prints help or version.
/// `arguments` are those after the program's name.
Outcome run(const Arguments& arguments, Console& console);

/// `run` with every exception turned into a message on standard error and its outcome.
Outcome run_guarded(const Arguments& arguments, Console& console);

}  // namespace foretoken::app
