#include "app/command.h"

#include <algorithm>
#include <array>
#include <exception>
#include <new>

#include <fmt/format.h>

#include "app/version.h"
#include "base/error.h"
#include "base/suggest.h"

namespace foretoken::app {
namespace {

constexpr std::array kCommands{
    Command{"predict", "how fast a model decodes on a device, and whether it fits", run_predict},
    Command{"tradeoff", "formats beside each other: rate, energy, memory, what they lose",
            run_tradeoff},
    Command{"op", "one operator with all its roofs", run_op},
    Command{"import", "measurements of other tools into a store", run_import},
    Command{"export", "the rows of a store as CSV", run_export},
    Command{"probe", "time real kernels on this machine, or describe it", run_probe},
    Command{"calibrate", "fit the coefficients to the measured rows", run_calibrate},
    Command{"validate", "held-out errors, or a comparison with rows of your own", run_validate},
    Command{"compare", "a measured run beside the prediction, and where its time goes",
            run_compare},
    Command{"list", "the models, devices, formats or runtimes that are known", run_list},
    Command{"show", "all facts about one of them, with their source", run_show},
    Command{"check-data", "lint a data folder", run_check_data},
};

std::string overview() {
  std::string text =
      "Usage: foretoken <command> [flags]\n\n"
      "Predicts how fast an LLM decodes on a device that nobody measured, with an interval and "
      "the\n"
      "basis of every number.\n\nCommands:\n";
  for (const Command& command : kCommands) {
    text += fmt::format("  {:<11} {}\n", command.name, command.summary);
  }
  text +=
      "\n'foretoken <command> --help' tells its flags; 'foretoken --version' the version.\n"
      "Exit codes: 0 done, 1 a check failed, 2 wrong command line, 3 bad input, 70 internal "
      "fault.\n";
  return text;
}

const Command& command_named(const std::string& name) {
  const auto* const found = std::find_if(kCommands.begin(), kCommands.end(),
                                         [&](const Command& c) { return c.name == name; });
  if (found != kCommands.end()) return *found;
  std::vector<std::string> names;
  for (const Command& command : kCommands) names.emplace_back(command.name);
  throw UsageError(fmt::format("unknown command '{}'{}", name, did_you_mean(name, names)));
}

bool is_command(const Arguments& arguments) {
  return !arguments.empty() &&
         std::any_of(kCommands.begin(), kCommands.end(),
                     [&](const Command& c) { return c.name == arguments.front(); });
}

/// "foretoken: " before one-line messages; lists of faults name their file in each line.
void report(const Error& error, Console& console) {
  const std::string message = error.what();
  const bool is_list = dynamic_cast<const ConfigError*>(&error) != nullptr;
  console.note(is_list ? message : fmt::format("foretoken: {}", message));
}

}  // namespace

std::span<const Command> commands() { return kCommands; }

Outcome run(const Arguments& arguments, Console& console) {
  if (arguments.empty()) throw UsageError("no command given");
  const std::string& first = arguments.front();
  if (first == "--version" || first == "version") {
    console.print(fmt::format("foretoken {}\n", version()));
    return Outcome::Done;
  }
  if (first == "--help" || first == "-h" || (first == "help" && arguments.size() == 1)) {
    console.print(overview());
    return Outcome::Done;
  }
  if (first == "help") return command_named(arguments[1]).run({"--help"}, console);
  return command_named(first).run(Arguments(arguments.begin() + 1, arguments.end()), console);
}

Outcome run_guarded(const Arguments& arguments, Console& console) {
  try {
    const Outcome outcome = run(arguments, console);
    console.finish();
    return outcome;
  } catch (const UsageError& error) {
    console.note(fmt::format("foretoken: {}; 'foretoken {}--help' tells more", error.what(),
                             is_command(arguments) ? arguments.front() + " " : ""));
    return Outcome::WrongCommandLine;
  } catch (const Error& error) {
    report(error, console);
    return Outcome::BadInput;
  } catch (const std::bad_alloc&) {
    console.note("foretoken: out of memory");
  } catch (const std::exception& error) {
    console.note(fmt::format("foretoken: internal fault: {}", error.what()));
  }
  return Outcome::InternalFault;
}

}  // namespace foretoken::app
