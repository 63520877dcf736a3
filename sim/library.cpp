#include "sim/library.h"

#include <filesystem>
#include <future>

#include "base/error.h"
#include "base/text_file.h"
#include "hwdb/energy_constants.h"
#include "ops/coefficient_file.h"
#include "sim/energy.h"

namespace foretoken::sim {
namespace {

/// The sub-folders called `name` that exist, in the order of the data folders.
std::vector<std::string> folders_named(const std::vector<std::string>& data_folders,
                                       const char* name) {
  std::vector<std::string> found;
  for (const std::string& folder : data_folders) {
    std::string path = folder + "/" + name;
    if (std::filesystem::is_directory(path)) found.push_back(std::move(path));
  }
  return found;
}

std::vector<std::string> required(const std::vector<std::string>& data_folders, const char* name) {
  std::vector<std::string> found = folders_named(data_folders, name);
  if (found.empty()) {
    throw Error("no folder '" + std::string(name) + "' in the data folder '" +
                (data_folders.empty() ? std::string() : data_folders.front()) +
                "'; expected a folder like the shipped data/ (see --data)");
  }
  return found;
}

/// The laws of one data folder and the coefficients beside them. A pool whose law this folder
/// replaces loses the coefficients fitted under the law before; without any it answers from the
/// law's priors, the datasheet alone.
void read_pools(const std::string& folder, bool with_coefficients, Library& library) {
  for (auto& [pool, law] : ops::read_laws({folder + "/laws"})) {
    library.coefficients.add({.law = law});
    library.laws.insert_or_assign(pool, std::move(law));
  }
  if (!with_coefficients) return;
  const std::string memory = folder + "/coefficients/memory.yaml";
  if (std::filesystem::exists(memory)) read_memory_law(memory, library.memory);
  for (const std::string& path : files_in(folder + "/coefficients", ".h5")) {
    const ops::CoefficientTable table = ops::read_coefficients(path, library.laws);
    for (const auto& entry : table.pools()) library.coefficients.add(entry.second);
  }
}

}  // namespace

Library read_library(const std::vector<std::string>& data_folders, bool with_coefficients) {
  Library library;
  const std::string formats = required(data_folders, "formats").front();
  library.formats = FormatTable::read(formats);
  library.schemes = model::SchemeTable::read(formats + "/schemes", library.formats);
  // Two hundred models and three hundred devices: each a file, most of the start-up time.
  const std::vector<std::string> model_folders = required(data_folders, "models");
  std::future<model::LlmCatalog> models = std::async(
      std::launch::async, [&model_folders] { return model::LlmCatalog::read(model_folders); });
  const auto constants = hwdb::find_energy_constants(data_folders);
  library.devices = hwdb::Catalog::read(required(data_folders, "devices"), constants);
  library.models = models.get();
  library.runtimes = hwdb::RuntimeCatalog::read(required(data_folders, "runtimes"));
  required(data_folders, "laws");
  for (const std::string& folder : data_folders) {
    read_pools(folder, with_coefficients, library);
  }
  if (!constants && library.laws.count(kEnergyPool) > 0) {
    throw Error("no 'constants/energy.yaml' in the data folder '" + data_folders.front() +
                "', which its energy law needs (see --data)");
  }
  return library;
}

}  // namespace foretoken::sim
