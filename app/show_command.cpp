#include <algorithm>

#include <fmt/format.h>

#include "app/command.h"
#include "app/data_folders.h"
#include "app/digits.h"
#include "app/facts.h"
#include "app/json_text.h"
#include "base/error.h"
#include "base/suggest.h"
#include "model/named_model.h"
#include "sim/library.h"

namespace foretoken::app {
namespace {

/// A weight format: what it comes to on a model that everybody knows.
Facts facts_of_scheme(const std::string& scheme, const sim::Library& library) {
  Facts facts{"weight format", scheme, {}};
  facts.add("activations", library.schemes.activation_format(scheme));
  constexpr const char* kExample = "llama-3.1-8b";
  if (const model::Llm* llm = library.models.known(kExample)) {
    const auto weights = library.schemes.assign(scheme, *llm, library.formats);
    const double bytes = weights.total_bytes(library.formats).base();
    facts.add(fmt::format("of {}", kExample),
              fmt::format("{}, {:.4g} bits a weight", memory_text(bytes),
                          bytes * 8.0 / model::parameter_count(*llm)));
  }
  return facts;
}

std::vector<std::string> all_names(const sim::Library& library) {
  std::vector<std::string> names = library.schemes.ids();
  for (const auto& format : library.formats.names()) names.push_back(format);
  for (const model::Llm& llm : library.models.all()) names.push_back(llm.id);
  for (const hwdb::Device& device : library.devices.devices()) {
    names.push_back(device.id);
    names.insert(names.end(), device.aliases.begin(), device.aliases.end());
  }
  for (const hwdb::Runtime& runtime : library.runtimes.runtimes()) names.push_back(runtime.id);
  return names;
}

/// The model in a file of this path, or everything that goes by this name, whatever it is.
std::vector<Facts> found(const std::string& name, const sim::Library& library) {
  std::vector<Facts> all;
  if (model::is_model_file(name)) {
    const auto model = model::find_model(name, {library.models, library.formats, library.schemes});
    all.push_back(facts_of(model.llm));
    if (model.weights) all.push_back(facts_of(*model.weights, library.formats));
    return all;
  }
  if (const model::Llm* llm = library.models.known(name)) all.push_back(facts_of(*llm));
  if (const hwdb::Device* device = library.devices.lookup(name)) all.push_back(facts_of(*device));
  if (const hwdb::Runtime* runtime = library.runtimes.lookup(name)) {
    all.push_back(facts_of(*runtime));
  }
  if (const std::string scheme = library.schemes.find(name); !scheme.empty()) {
    all.push_back(facts_of_scheme(scheme, library));
  }
  if (FormatId id{}; library.formats.find(name, id)) all.push_back(facts_of(library.formats[id]));
  if (all.empty()) {
    throw Error(fmt::format("nothing is called '{}'{}; 'foretoken list' names what there is", name,
                            did_you_mean(name, all_names(library))));
  }
  return all;
}

std::string facts_text(const Facts& facts) {
  std::size_t width = 0;
  for (const auto& line : facts.lines) width = std::max(width, line.first.size());
  std::string text = fmt::format("{} {}\n", facts.kind, facts.id);
  for (const auto& [what, value] : facts.lines) {
    text += fmt::format("  {:<{}}  {}\n", what, width, value);
  }
  return text;
}

Json facts_json(const Facts& facts) {
  Json lines = Json::array();
  for (const auto& [what, value] : facts.lines) lines.push_back({{"what", what}, {"value", value}});
  return {{"kind", facts.kind}, {"id", facts.id}, {"facts", lines}};
}

}  // namespace

Outcome run_show(const Arguments& arguments, Console& console) {
  Flags flags("foretoken show ID [flags]",
              "All facts about a device, model, runtime or format, with their source, or about a "
              "model's file (.gguf, config.json, YAML).");
  flags.add_words("the id, name, alias or model file to show", 1, 1);
  flags.add_value("output,o", "FORMAT", "text (default) or json");
  add_data_flag(flags);
  if (!flags.parse(arguments)) {
    console.print(flags.help());
    return Outcome::Done;
  }
  const std::string format = flags.choice("output", {"text", "json"}, "text");
  const sim::Library library = sim::read_library(data_folders(flags), false);
  const std::vector<Facts> all = found(flags.words().front(), library);
  if (format == "json") {
    Json json = Json::array();
    for (const Facts& facts : all) json.push_back(facts_json(facts));
    console.print(json_document(json));
    return Outcome::Done;
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    console.print((i > 0 ? "\n" : "") + facts_text(all[i]));
  }
  return Outcome::Done;
}

}  // namespace foretoken::app
