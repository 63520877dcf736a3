#include "hwdb/runtime_catalog.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "hwdb/file_set.h"
#include "hwdb/runtime_yaml.h"

namespace foretoken::hwdb {

RuntimeCatalog RuntimeCatalog::read(const std::vector<std::string>& folders) {
  RuntimeCatalog catalog;
  read_folders<Runtime>(catalog, folders, "runtime", read_runtime);
  return catalog;
}

void RuntimeCatalog::add(Runtime runtime) { add_named(runtimes_, names_, std::move(runtime)); }

const Runtime* RuntimeCatalog::lookup(std::string_view name) const {
  const auto place = names_.find(name);
  return place ? &runtimes_[*place] : nullptr;
}

const Runtime& RuntimeCatalog::find(std::string_view name) const {
  if (const Runtime* runtime = lookup(name)) return *runtime;
  throw Error(fmt::format("unknown runtime '{}'{}", name, names_.suggestion(name)));
}

const Runtime& RuntimeCatalog::default_for(const Device& device) const {
  for (const std::string_view vendor : {std::string_view(device.vendor), std::string_view()}) {
    for (const Runtime& runtime : runtimes_) {
      const auto fits = [&](const DefaultFor& rule) {
        return rule.device_class == device.device_class && rule.vendor == vendor;
      };
      if (std::any_of(runtime.default_for.begin(), runtime.default_for.end(), fits)) {
        return runtime;
      }
    }
  }
  throw Error(
      fmt::format("no runtime is the default for devices like '{}' ({} of vendor '{}'); "
                  "name one",
                  device.id, text_of(device.device_class), device.vendor));
}

const Runtime& RuntimeCatalog::find_for(std::string_view name, const Device& device) const {
  if (name.empty()) return default_for(device);
  const Runtime& runtime = find(name);
  if (runtime.supports(device)) return runtime;
  std::vector<std::string> others;
  for (const Runtime& other : runtimes_) {
    if (other.supports(device)) others.push_back(other.id);
  }
  throw Error(fmt::format("runtime '{}' does not run on '{}' ({} of vendor '{}'); these do: {}",
                          runtime.id, device.id, text_of(device.device_class), device.vendor,
                          others.empty() ? "none" : fmt::format("{}", fmt::join(others, ", "))));
}

std::vector<Runtime> RuntimeCatalog::select(const std::string& selection) const {
  std::vector<Runtime> chosen;
  for (const std::string& part : list_parts(selection)) {
    if (part == "all") {
      chosen.insert(chosen.end(), runtimes_.begin(), runtimes_.end());
    } else {
      chosen.push_back(find(part));
    }
  }
  if (chosen.empty()) throw Error("an empty runtime selection; expected names or 'all'");
  return chosen;
}

std::vector<std::string> RuntimeCatalog::pools() const {
  std::vector<std::string> names;
  for (const Runtime& runtime : runtimes_) {
    for (const PoolRule& rule : runtime.pools) names.push_back(rule.pool);
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace foretoken::hwdb
