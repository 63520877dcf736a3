#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "app/command.h"
#include "app/compare_text.h"
#include "app/data_folders.h"
#include "app/values.h"
#include "base/error.h"
#include "calibrate/import.h"
#include "model/named_model.h"
#include "validate/compare.h"

namespace foretoken::app {
namespace {

constexpr std::size_t kMostFiles = 10'000;

/// What the command line says of all rows, looked up.
struct Said {
  calibrate::ImportOptions names;
  std::optional<model::NamedModel> model;
};

Said said_in(const Flags& flags, sim::Library& library) {
  Said said{.names = {.device = flags.text("device", ""),
                      .model = "",
                      .format = flags.text("quant", ""),
                      .runtime = flags.text("runtime", ""),
                      .today = ""},
            .model = std::nullopt};
  if (!said.names.device.empty()) {
    hwdb::Device device = library.devices.resolve(said.names.device);
    said.names.device = device.id;
    library.devices.add(std::move(device));
  }
  if (const auto name = flags.find("model")) {
    said.model = model::find_model(*name, {library.models, library.formats, library.schemes});
    if (library.models.known(said.model->llm.id) == nullptr && said.model->weights) {
      library.models.add_by_id(said.model->llm);
    } else if (library.models.known(said.model->llm.id) == nullptr) {
      throw Error(fmt::format(
          "the model of '{}' is not in the catalogue, which a run is looked up in; put its file "
          "into a folder for --data",
          *name));
    }
    said.names.model = said.model->llm.id;
    if (said.model->weights && said.names.format.empty()) {
      const std::string scheme = library.schemes.find(said.model->weights->name());
      if (!scheme.empty()) said.names.format = scheme;
    }
  }
  if (const auto ranks = flags.find("tp")) {
    said.names.ranks = static_cast<int>(whole_number(flags.written("tp"), *ranks, {1, 1024}));
  }
  return said;
}

/// Of a store only the rows of the device, model and runtime that were named.
void keep_named(const Said& said, const sim::Library& library, calibrate::RowStore& store) {
  const auto same_device = [&](const std::string& name) {
    const hwdb::Device* const device = library.devices.lookup(name);
    return said.names.device.empty() || (device != nullptr && device->id == said.names.device);
  };
  const hwdb::Runtime* const asked = library.runtimes.lookup(said.names.runtime);
  const auto same_runtime = [&](const std::string& name) {
    return said.names.runtime.empty() || library.runtimes.lookup(name) == asked;
  };
  std::erase_if(store.decode, [&](const auto& row) {
    const model::Llm* const llm = library.models.known(row.row.model);
    const bool same_model =
        said.names.model.empty() || (llm != nullptr && llm->id == said.names.model);
    return !same_model || !same_device(row.row.device) || !same_runtime(row.row.runtime);
  });
  std::erase_if(store.kernels, [&](const auto& row) {
    return !same_device(row.row.device) || !same_runtime(row.row.runtime);
  });
}

/// Rows of all files in one store, and why others are none.
calibrate::RowStore read_runs(const Flags& flags, const Said& said, const sim::Library& library,
                              std::vector<validate::NotCompared>& left) {
  calibrate::RowStore rows;
  std::vector<std::string> foreign;
  for (const std::string& path : flags.words()) {
    if (!path.ends_with(".h5")) {
      foreign.push_back(path);
      continue;
    }
    calibrate::RowStore store = calibrate::read_row_store(path);
    keep_named(said, library, store);
    std::move(store.decode.begin(), store.decode.end(), std::back_inserter(rows.decode));
    std::move(store.kernels.begin(), store.kernels.end(), std::back_inserter(rows.kernels));
  }
  for (const calibrate::FileAccount& file :
       calibrate::import_files(library, foreign, said.names, rows)) {
    for (const calibrate::UnusedRow& row : file.unused) {
      left.push_back({fmt::format("{}:{}", file.path, row.line),
                      fmt::format("{}: {}", text_of(row.why), row.reason)});
    }
  }
  return rows;
}

}  // namespace

Outcome run_compare(const Arguments& arguments, Console& console) {
  Flags flags("foretoken compare RUN... [-d DEVICE] [-m MODEL] [-q FORMAT]",
              "A measured run beside the prediction at its own conditions, and where its time "
              "goes. RUN is\nwhat 'foretoken import' reads, or a store (.h5). Exit code 1 when the "
              "run is outside of the\n90 % intervals (more than one test in ten), or nothing of it "
              "can be judged.");
  flags.add_words("RUN", 1, kMostFiles);
  flags.add_value("device,d", "DEVICE", "id, name or YAML file (default: what the run says)");
  flags.add_value("model,m", "MODEL", "id, name or .gguf file (default: what the run says)");
  flags.add_value("quant,q", "FORMAT", "weight format (default: what the run says)");
  flags.add_value("runtime", "R", "runtime (default: what the run says)");
  flags.add_value("tp", "N", "tensor-parallel devices of a serving engine (default 1)");
  flags.add_value("output,o", "FORMAT", "text (default), md, csv or json");
  add_data_flag(flags);
  if (!flags.parse(arguments)) {
    console.print(flags.help());
    return Outcome::Done;
  }
  const std::string format = flags.choice("output", {"text", "md", "csv", "json"}, "text");
  sim::Library library = sim::read_library(data_folders(flags));
  const Said said = said_in(flags, library);
  std::vector<validate::NotCompared> left;
  const calibrate::RowStore rows = read_runs(flags, said, library, left);
  const bool has_file = said.model && said.model->weights;
  validate::Comparison comparison =
      validate::compare(library, rows, has_file ? &*said.model->weights : nullptr);
  comparison.not_compared.insert(comparison.not_compared.begin(), left.begin(), left.end());
  const validate::Verdict verdict = validate::verdict_of(comparison, library);
  if (format == "json") {
    console.print(comparison_json(comparison, verdict));
  } else if (format == "csv") {
    console.print(comparison_csv(comparison));
  } else {
    console.print(comparison_text(comparison, verdict, format == "md"));
  }
  return verdict.inside ? Outcome::Done : Outcome::CheckFailed;
}

}  // namespace foretoken::app
