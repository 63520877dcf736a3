#include "app/data_lint.h"

#include <filesystem>
#include <map>

#include <fmt/format.h>

#include "base/text_file.h"
#include "hwdb/device_checks.h"
#include "hwdb/energy_constants.h"
#include "hwdb/runtime_catalog.h"
#include "hwdb/runtime_checks.h"
#include "model/llm_catalog.h"
#include "model/llm_yaml.h"
#include "model/weight_scheme.h"
#include "ops/coefficient_file.h"
#include "sim/quality_file.h"
#include "sim/quality_row.h"

namespace foretoken::app {
namespace {

bool is_folder(const std::string& path) { return std::filesystem::is_directory(path); }

class Linter {
 public:
  explicit Linter(std::string folder) : folder_(std::move(folder)) {}

  std::string sub(const char* name) const { return folder_ + "/" + name; }

  /// Runs `read`; what it throws becomes faults.
  template <typename Read>
  bool attempt(const std::string& file, Read read) {
    try {
      read();
      return true;
    } catch (const ConfigError& error) {
      result_.faults.insert(result_.faults.end(), error.faults().begin(), error.faults().end());
    } catch (const Error& error) {
      result_.faults.push_back({.file = file, .message = error.what()});
    }
    return false;
  }

  void devices() {
    if (!is_folder(sub("devices"))) return;
    add(hwdb::device_folder_faults(sub("devices")));
    count("devices", files_in(sub("devices"), ".yaml").size());
  }

  void runtimes() {
    if (!is_folder(sub("runtimes"))) return;
    add(hwdb::runtime_folder_faults(sub("runtimes")));
    count("runtimes", files_in(sub("runtimes"), ".yaml").size());
  }

  /// Formats, then the schemes that are written in them.
  void formats() {
    const std::string folder = sub("formats");
    if (!is_folder(folder)) return;
    FormatTable table;
    if (!attempt(folder, [&] { table = FormatTable::read(folder); })) return;
    count("number formats", table.size());
    attempt(folder, [&] {
      const auto schemes = model::SchemeTable::read(folder + "/schemes", table);
      std::size_t canonical = 0;
      for (const std::string& id : schemes.ids()) canonical += schemes.find(id) == id ? 1U : 0U;
      count("weight formats", canonical);
    });
  }

  void models() {
    if (!is_folder(sub("models"))) return;
    std::map<std::string, std::string> names;  // key of a name -> the file that claims it
    const std::vector<std::string> paths = files_in(sub("models"), ".yaml");
    for (const std::string& path : paths) {
      attempt(path, [&] { model(model::read_llm(path), path, names); });
    }
    count("models", paths.size());
  }

  /// Rows of what quantization loses: figures, and names that the folder's formats and models have.
  void quality() {
    const std::vector<std::string> paths = files_in(sub("quality"), ".csv");
    if (paths.empty()) return;
    std::size_t rows = 0;
    for (const std::string& path : paths) {
      attempt(path, [&] { rows += sim::read_quality_rows(path).size(); });
    }
    count("quality rows", rows);
    if (!is_folder(sub("models")) || !is_folder(sub("formats"))) return;
    attempt(sub("quality"), [&] { quality_names(paths); });
    const std::string fitted = folder_ + "/" + sim::kQualityFile;
    if (std::filesystem::exists(fitted)) attempt(fitted, [&] { sim::read_quality(fitted); });
    const std::string priors = folder_ + "/quality/priors.yaml";
    if (std::filesystem::exists(priors)) attempt(priors, [&] { sim::read_quality_priors(priors); });
  }

  void constants() {
    const std::string path = folder_ + "/constants/energy.yaml";
    if (std::filesystem::exists(path)) attempt(path, [&] { hwdb::read_energy_constants(path); });
  }

  /// Every pool that a runtime names needs a law, and coefficients fit the laws they were made for.
  void laws() {
    if (!is_folder(sub("laws"))) return;
    std::map<std::string, ops::LawSpec> laws;
    if (!attempt(sub("laws"), [&] { laws = ops::read_laws({sub("laws")}); })) return;
    count("laws", laws.size());
    // A folder that is laid over another need not hold the laws of every pool it names.
    const bool complete = is_folder(sub("models")) && is_folder(sub("devices"));
    if (complete && is_folder(sub("runtimes"))) {
      attempt(sub("runtimes"), [&] {
        for (const std::string& pool : hwdb::RuntimeCatalog::read({sub("runtimes")}).pools()) {
          if (laws.count(pool) > 0) continue;
          result_.faults.push_back(
              {.file = sub("laws"), .message = fmt::format("pool '{}' has no law file", pool)});
        }
      });
    }
    for (const std::string& path : files_in(sub("coefficients"), ".h5")) {
      attempt(path,
              [&] { count("fitted pools", ops::read_coefficients(path, laws).pools().size()); });
    }
  }

  LintResult take() { return std::move(result_); }

 private:
  void quality_names(const std::vector<std::string>& paths) {
    const FormatTable formats = FormatTable::read(sub("formats"));
    const auto schemes = model::SchemeTable::read(sub("formats") + "/schemes", formats);
    const auto models = model::LlmCatalog::read({sub("models")});
    for (const std::string& path : paths) {
      for (const sim::QualityRow& row : sim::read_quality_rows(path)) {
        const auto fault = [&](const char* what, const std::string& name) {
          result_.faults.push_back({.file = path,
                                    .line = row.line,
                                    .message = fmt::format("unknown {} '{}'", what, name)});
        };
        if (!row.model.empty() && models.known(row.model) == nullptr) fault("model", row.model);
        if (!row.format.empty() && schemes.find(row.format) != row.format) {
          fault("weight format", row.format);
        }
        FormatId id{};
        if (!row.layers_format.empty() && !formats.find(row.layers_format, id)) {
          fault("number format", row.layers_format);
        }
        // Rows of methods that no runtime here has may name a cache format that is not known.
        if (!sim::is_evidence(row)) continue;
        for (const std::string& name : {row.kv_keys, row.kv_values}) {
          if (!name.empty() && !formats.find(name, id)) fault("KV cache format", name);
        }
      }
    }
  }

  /// What contradicts itself in the file was found by its reader; names are a matter of the folder.
  void model(const model::Llm& llm, const std::string& path,
             std::map<std::string, std::string>& names) {
    std::vector<std::string> claimed = llm.aliases;
    claimed.push_back(llm.id);
    claimed.push_back(llm.name);
    for (const std::string& name : claimed) {
      const auto [other, is_new] = names.emplace(model::folded_model_name(name), path);
      if (is_new || other->second == path || name.empty()) continue;
      result_.faults.push_back(
          {.file = path,
           .message = fmt::format("name '{}' is also claimed by {}", name, other->second)});
    }
  }

  void add(const std::vector<Fault>& faults) {
    result_.faults.insert(result_.faults.end(), faults.begin(), faults.end());
  }
  void count(const char* what, std::size_t number) { result_.counts.emplace_back(what, number); }

  std::string folder_;
  LintResult result_;
};

}  // namespace

LintResult lint_data(const std::string& folder) {
  if (!is_folder(folder)) throw Error(fmt::format("'{}' is not a folder", folder));
  Linter linter(folder);
  linter.devices();
  linter.runtimes();
  linter.formats();
  linter.models();
  linter.laws();
  linter.quality();
  linter.constants();
  LintResult result = linter.take();
  if (result.counts.empty() && result.faults.empty()) {
    throw Error(
        fmt::format("'{}' is no data folder: it has none of devices, runtimes, formats, "
                    "models, laws",
                    folder));
  }
  return result;
}

}  // namespace foretoken::app
