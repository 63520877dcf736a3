#include "hwdb/energy_constants.h"

#include <filesystem>

#include "base/yaml_map.h"

namespace foretoken::hwdb {
namespace {

constexpr int kConstantsSchema = 1;
constexpr double kPico = 1e-12;
constexpr double kGiga = 1e9;
constexpr double kBits = 8.0;
constexpr Range kRange{.low = 1e-3, .high = 1e3};

/// A value that says how far it can be trusted and who says so.
double sourced(YamlMap map, std::string_view key) {
  const double value = map.number(key, kRange);
  map.choice("confidence", {"datasheet", "recalled", "uncertain"});
  map.text("source");
  return value;
}

EnergyConstants read_top(YamlFile& file) {
  file.require_schema(kConstantsSchema);
  YamlMap& top = file.top();
  top.text("source");
  EnergyConstants constants;
  for (auto& [name, map] : top.map("memory").entries()) {
    constants.memory[name] = sourced(map, "picojoules_per_bit");
  }
  constants.other_memory = sourced(top.map("other_memory"), "picojoules_per_bit");
  constants.operation = sourced(top.map("operation"), "picojoules") * kPico;
  constants.lane_operation = sourced(top.map("lane_operation"), "picojoules") * kPico;
  constants.watts_per_rate = sourced(top.map("bandwidth"), "watts_per_gigabyte_a_second") / kGiga;
  file.finish();
  return constants;
}

}  // namespace

EnergyConstants read_energy_constants(const std::string& path) {
  YamlFile file = YamlFile::read(path);
  return read_top(file);
}

EnergyConstants parse_energy_constants(std::string_view text, const std::string& name) {
  YamlFile file = YamlFile::parse(text, name);
  return read_top(file);
}

std::optional<EnergyConstants> find_energy_constants(const std::vector<std::string>& data_folders) {
  for (auto folder = data_folders.rbegin(); folder != data_folders.rend(); ++folder) {
    const std::string path = *folder + "/constants/energy.yaml";
    if (std::filesystem::exists(path)) return read_energy_constants(path);
  }
  return std::nullopt;
}

TechnologyEnergy technology_energy(const EnergyConstants& constants, std::string_view memory_type) {
  double picojoules_per_bit = constants.other_memory;
  std::size_t longest = 0;
  for (const auto& [name, value] : constants.memory) {
    if (name.size() <= longest || !memory_type.starts_with(name)) continue;
    longest = name.size();
    picojoules_per_bit = value;
  }
  return {.byte = Joules::of(picojoules_per_bit * (kBits * kPico)),
          .operation = Joules::of(constants.operation),
          .lane_operation = Joules::of(constants.lane_operation),
          .watts_per_rate = constants.watts_per_rate};
}

}  // namespace foretoken::hwdb
