#include <array>

#include <fmt/format.h>

#include "app/command.h"
#include "app/data_folders.h"
#include "app/digits.h"
#include "app/json_text.h"
#include "app/table.h"
#include "base/error.h"
#include "base/suggest.h"
#include "base/unit_text.h"
#include "model/tensors.h"
#include "sim/library.h"

namespace foretoken::app {
namespace {

using enum Table::Align;

/// A listing both ways: cells for people and CSV, objects for programs.
struct Listing {
  Table table;
  Json json = Json::array();
};

Listing models_of(const sim::Library& library) {
  Listing listing{Table({{"id"},
                         {"name"},
                         {"class"},
                         {"layers", Right},
                         {"parameters_e9", Right},
                         {"active_e9", Right},
                         {"context", Right}})};
  for (const model::Llm& llm : library.models.all()) {
    const double params = model::parameter_count(llm);
    const double active = model::parameters_read_per_token(llm);
    listing.table.add({llm.id, llm.name, llm.arch_class, fmt::format("{}", llm.layers.size()),
                       significant(params / 1e9, 3), significant(active / 1e9, 3),
                       llm.max_context > 0 ? fmt::format("{}", llm.max_context) : ""});
    listing.json.push_back({{"id", llm.id},
                            {"name", llm.name},
                            {"class", llm.arch_class},
                            {"layers", llm.layers.size()},
                            {"parameters", json_number(params)},
                            {"parameters_read_per_token", json_number(active)},
                            {"max_context", llm.max_context}});
  }
  return listing;
}

Listing devices_of(const sim::Library& library) {
  Listing listing{Table({{"id"},
                         {"name"},
                         {"class"},
                         {"architecture"},
                         {"memory_gib", Right},
                         {"bandwidth_gb_s", Right},
                         {"runtime"}})};
  for (const hwdb::Device& device : library.devices.devices()) {
    const hwdb::MemoryFacts& memory = device.memory;
    std::string runtime;
    try {
      runtime = library.runtimes.default_for(device).id;
    } catch (const Error&) {
      runtime = "";  // no usual runtime: the question must name one
    }
    listing.table.add(
        {device.id, device.name, std::string(hwdb::text_of(device.device_class)),
         device.architecture,
         memory.capacity ? significant(memory.capacity->base() / 1073741824.0, 3) : "",
         significant(memory.bandwidth.base() / 1e9, 4), runtime});
    listing.json.push_back(
        {{"id", device.id},
         {"name", device.name},
         {"class", hwdb::text_of(device.device_class)},
         {"architecture", device.architecture},
         {"memory_bytes", memory.capacity ? json_number(memory.capacity->base()) : Json(nullptr)},
         {"bandwidth_bytes_per_second", json_number(memory.bandwidth.base())},
         {"runtime", runtime.empty() ? Json(nullptr) : Json(runtime)}});
  }
  return listing;
}

/// Weight formats of whole models first (what `predict -q` takes), then number formats.
Listing formats_of(const sim::Library& library) {
  Listing listing{Table({{"id"}, {"what"}, {"kind"}, {"bits_per_value", Right}})};
  for (const std::string& id : library.schemes.ids()) {
    if (library.schemes.find(id) != id) continue;  // an alias
    listing.table.add({id, "model", "", ""});
    listing.json.push_back({{"id", id}, {"what", "model"}});
  }
  for (std::size_t i = 0; i < library.formats.size(); ++i) {
    const NumberFormat& format = library.formats[static_cast<FormatId>(i)];
    const double bits = format.bytes_per_value() * 8.0;
    listing.table.add({format.id, "number", format.kind, fmt::format("{:.4g}", bits)});
    listing.json.push_back({{"id", format.id},
                            {"what", "number"},
                            {"kind", format.kind},
                            {"bits_per_value", json_number(bits)}});
  }
  return listing;
}

Listing runtimes_of(const sim::Library& library) {
  Listing listing{Table({{"id"}, {"name"}, {"family"}, {"runs_on"}, {"pools"}, {"usual_format"}})};
  for (const hwdb::Runtime& runtime : library.runtimes.runtimes()) {
    std::vector<std::string> hosts;
    std::vector<std::string> pools;
    for (const hwdb::PoolRule& rule : runtime.pools) {
      const std::string_view kind = hwdb::text_of(rule.device_class);
      hosts.push_back(rule.vendor.empty() ? std::string(kind)
                                          : fmt::format("{} {}", rule.vendor, kind));
      if (pools.empty() || pools.back() != rule.pool) pools.push_back(rule.pool);
    }
    listing.table.add({runtime.id, runtime.name, runtime.family,
                       fmt::format("{}", fmt::join(hosts, ", ")),
                       fmt::format("{}", fmt::join(pools, ", ")), runtime.default_format});
    listing.json.push_back({{"id", runtime.id},
                            {"name", runtime.name},
                            {"family", runtime.family},
                            {"runs_on", hosts},
                            {"pools", pools},
                            {"usual_format", runtime.default_format}});
  }
  return listing;
}

struct Kind {
  const char* name;
  Listing (*list)(const sim::Library&);
};
constexpr std::array<Kind, 4> kKinds{{{"models", models_of},
                                      {"devices", devices_of},
                                      {"formats", formats_of},
                                      {"runtimes", runtimes_of}}};

const Kind& kind_named(const std::string& name) {
  std::vector<std::string> known;
  for (const Kind& kind : kKinds) {
    if (kind.name == name) return kind;
    known.emplace_back(kind.name);
  }
  throw UsageError(fmt::format("cannot list '{}'; expected one of: {}{}", name,
                               fmt::join(known, ", "), did_you_mean(name, known)));
}

}  // namespace

Outcome run_list(const Arguments& arguments, Console& console) {
  Flags flags("foretoken list models|devices|formats|runtimes [flags]",
              "What the data folder holds, one line each.");
  flags.add_words("what to list (models, devices, formats or runtimes)", 1, 1);
  flags.add_value("output,o", "FORMAT", "text (default), md, csv or json");
  add_data_flag(flags);
  if (!flags.parse(arguments)) {
    console.print(flags.help());
    return Outcome::Done;
  }
  const std::string format = flags.choice("output", {"text", "md", "csv", "json"}, "text");
  const Kind& kind = kind_named(flags.words().front());
  const Listing listing = kind.list(sim::read_library(data_folders(flags), false));
  if (format == "json") console.print(json_document(listing.json));
  if (format == "csv") console.print(listing.table.csv());
  if (format == "md") console.print(listing.table.markdown());
  if (format == "text") console.print(listing.table.text());
  return Outcome::Done;
}

}  // namespace foretoken::app
