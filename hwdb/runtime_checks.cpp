#include "hwdb/runtime_checks.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "hwdb/file_set.h"
#include "hwdb/runtime_yaml.h"

namespace foretoken::hwdb {
namespace {

constexpr std::array<std::string_view, 5> kFillIns{"model", "threads", "context", "gen", "batch"};

using ClassAndVendor = std::pair<DeviceClass, std::string>;

std::string device_text(const ClassAndVendor& devices) {
  if (devices.second.empty()) return fmt::format("class '{}'", text_of(devices.first));
  return fmt::format("class '{}' of vendor '{}'", text_of(devices.first), devices.second);
}

std::vector<std::string> unknown_fill_ins(std::string_view command) {
  std::vector<std::string> unknown;
  for (auto open = command.find('{'); open != std::string_view::npos;
       open = command.find('{', open + 1)) {
    const auto close = command.find('}', open);
    const auto word =
        command.substr(open + 1, close == std::string_view::npos ? 0 : close - open - 1);
    if (std::find(kFillIns.begin(), kFillIns.end(), word) == kFillIns.end()) {
      unknown.emplace_back(word);
    }
  }
  return unknown;
}

}  // namespace

std::vector<Fault> runtime_faults(const Runtime& runtime) {
  std::vector<Fault> faults;
  const auto fault = [&](std::string message) {
    faults.push_back(
        {.file = runtime.file.empty() ? runtime.id : runtime.file, .message = std::move(message)});
  };
  if (runtime.source.empty()) fault("'source' is empty; every fact needs one");
  std::set<ClassAndVendor> ruled;
  for (const PoolRule& rule : runtime.pools) {
    const ClassAndVendor devices{rule.device_class, rule.vendor};
    if (rule.pool.empty()) fault(fmt::format("{} has a pool without a name", device_text(devices)));
    if (!ruled.insert(devices).second) {
      fault(fmt::format("{} has two pools; the second would never be used", device_text(devices)));
    }
  }
  for (const DefaultFor& rule : runtime.default_for) {
    const bool runs =
        std::any_of(runtime.pools.begin(), runtime.pools.end(), [&](const PoolRule& pool) {
          return pool.device_class == rule.device_class &&
                 (pool.vendor.empty() || pool.vendor == rule.vendor);
        });
    if (runs) continue;
    fault(fmt::format("is the default for {}, which it has no pool for",
                      device_text({rule.device_class, rule.vendor})));
  }
  for (const std::string& word : unknown_fill_ins(runtime.check_command)) {
    fault(fmt::format("'check_command' has '{{{}}}'; known fill-ins are {{{}}}", word,
                      fmt::join(kFillIns, "}, {")));
  }
  return faults;
}

std::vector<Fault> runtime_folder_faults(const std::string& folder) {
  auto set = read_file_set<Runtime>(folder, read_runtime);
  std::map<ClassAndVendor, std::string> defaults;
  for (const Runtime& runtime : set.things) {
    const auto faults = runtime_faults(runtime);
    set.faults.insert(set.faults.end(), faults.begin(), faults.end());
    for (const DefaultFor& rule : runtime.default_for) {
      const ClassAndVendor devices{rule.device_class, rule.vendor};
      const auto [other, fresh] = defaults.try_emplace(devices, runtime.id);
      if (fresh) continue;
      set.faults.push_back({.file = runtime.file,
                            .message = fmt::format("{} has the default '{}' already",
                                                   device_text(devices), other->second)});
    }
  }
  return std::move(set.faults);
}

}  // namespace foretoken::hwdb
