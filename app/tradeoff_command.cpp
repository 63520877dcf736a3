#include <algorithm>

#include <fmt/format.h>

#include "app/command.h"
#include "app/data_folders.h"
#include "app/tradeoff_render.h"
#include "base/error.h"

namespace foretoken::app {
namespace {

/// The one runtime that the question is about.
const hwdb::Runtime& runtime_of(const PredictOptions& asked, const hwdb::Device& device,
                                const sim::Library& library) {
  if (asked.runtimes.empty()) return library.runtimes.default_for(device);
  return library.runtimes.find_for(asked.runtimes.front(), device);
}

/// Puts every format that the runtime reads in place of 'all'; formats of a weight file are its
/// own.
void expand_all(PredictOptions& asked, const sim::Library& library) {
  const std::vector<hwdb::Device> devices = library.devices.select(asked.devices);
  if (devices.size() != 1) {
    throw UsageError(fmt::format("-d (--device) takes one device here; '{}' names {}",
                                 asked.devices, devices.size()));
  }
  if (asked.runtimes == std::vector<std::string>{"all"}) {
    throw UsageError("--runtime takes one runtime here, not 'all'");
  }
  const model::NamedModel model =
      model::find_model(asked.models.front(), {library.models, library.formats, library.schemes});
  if (model.weights) return;
  const bool all = asked.formats.empty() || asked.formats == std::vector<std::string>{"all"};
  if (!all) return;
  const hwdb::Runtime& runtime = runtime_of(asked, devices.front(), library);
  asked.formats = formats_for(runtime, devices.front(), model.llm, library);
}

std::string rendered(const std::vector<Choice>& choices, const TradeoffOptions& options) {
  switch (options.question.format) {
    case Format::Markdown:
      return tradeoff_markdown(choices);
    case Format::Csv:
      return tradeoff_csv(choices);
    case Format::Json:
      return tradeoff_json(choices);
    case Format::JsonLines:
      return tradeoff_json_lines(choices);
    case Format::Text:
      break;
  }
  return tradeoff_text(choices, options, terminal_width());
}

/// Which bound stands in the way of how many.
std::string why_none(const std::vector<Choice>& choices) {
  std::vector<std::pair<std::string, std::size_t>> reasons;
  for (const Choice& choice : choices) {
    const auto found = std::find_if(reasons.begin(), reasons.end(),
                                    [&](const auto& r) { return r.first == choice.broken; });
    if (found == reasons.end()) {
      reasons.emplace_back(choice.broken, 1);
    } else {
      ++found->second;
    }
  }
  std::string text;
  for (const auto& [reason, count] : reasons) {
    if (reason.empty()) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, reason);
  }
  return text;
}

}  // namespace

Outcome run_tradeoff(const Arguments& arguments, Console& console) {
  Flags flags("foretoken tradeoff -m MODEL -d DEVICE [-q all|FORMATS] [-ctk F] [flags]",
              "Formats of weights and KV cache beside each other: rate, energy, memory and what "
              "they lose;\nthe unbeaten ones are marked. Without -q, or with -q all: every format "
              "that the runtime reads.\nFormats and cache formats are lists, all else one value.");
  add_tradeoff_flags(flags);
  if (!flags.parse(arguments)) {
    console.print(flags.help());
    return Outcome::Done;
  }
  TradeoffOptions options = tradeoff_options(flags);
  const std::vector<std::string> folders = data_folders(flags);
  const sim::Library library = sim::read_library(folders);
  const sim::QualityLibrary quality = sim::read_quality_library(folders);
  expand_all(options.question, library);
  const Question question = question_of(options.question, library);
  for (const std::string& line : question.skipped) console.note("skipped: " + line);
  std::vector<std::string> refused;
  const std::vector<Choice> choices = choices_of(question, options, library, quality, refused);
  for (const std::string& line : refused) console.note(line);
  if (options.best == Best::None) {
    console.print(rendered(choices, options));
    return Outcome::Done;
  }
  const Choice* const best = best_of(choices, options.best);
  if (best == nullptr) {
    console.note(fmt::format("no format keeps the bounds ({})", why_none(choices)));
    if (options.question.format == Format::Json) console.print("[]\n");
    return Outcome::CheckFailed;
  }
  console.print(options.question.format == Format::Text ? best_line(*best)
                                                        : rendered({*best}, options));
  return Outcome::Done;
}

}  // namespace foretoken::app
