#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/suggest.h"
#include "base/text_file.h"
#include "base/yaml_map.h"
#include "base/yaml_tree.h"

namespace foretoken {
namespace {

constexpr std::size_t kMostKeysListed = 12;

/// What else the key could have been: the nearest known one, or all of them when they are few.
std::string hint(const YamlNode& map, const std::string& key) {
  const std::string meant = did_you_mean(key, map.known_keys);
  if (!meant.empty()) return meant;
  if (map.known_keys.empty() || map.known_keys.size() > kMostKeysListed) return "";
  return fmt::format("; known here: {}", fmt::join(map.known_keys, ", "));
}

void report_leftovers(const YamlNode& node, YamlState& state) {
  for (const auto& item : node.items) report_leftovers(*item, state);
  for (const YamlEntry& entry : node.entries) {
    if (entry.asked) {
      report_leftovers(*entry.value, state);
    } else if (node.opened) {
      state.faults.push_back({state.name, entry.line, entry.column,
                              fmt::format("unknown key '{}'{}", entry.key, hint(node, entry.key))});
    }
  }
}

}  // namespace

YamlFile::YamlFile(YamlMap top, std::shared_ptr<YamlState> state)
    : top_(std::move(top)), state_(std::move(state)) {}

YamlFile YamlFile::read(const std::string& path) { return parse(read_text_file(path), path); }

YamlFile YamlFile::parse(std::string_view text, const std::string& name) {
  auto state = std::make_shared<YamlState>();
  state->name = name;
  auto top = parse_yaml_tree(text, *state);
  top->opened = true;
  return YamlFile(YamlMap(std::move(top), state), state);
}

const std::string& YamlFile::name() const { return state_->name; }

void YamlFile::require_schema(int version) {
  if (!top_.has("schema")) {
    top_.fault("schema", fmt::format("key 'schema' is missing; expected 'schema: {}'", version));
    return;
  }
  constexpr std::int64_t kMostVersions = 1000000;
  const std::size_t faults = state_->faults.size();
  const std::int64_t found = top_.integer("schema", 1, kMostVersions);
  if (state_->faults.size() == faults && found != version) {
    top_.fault("schema", fmt::format("schema {} is not read by this version; expected 'schema: {}'",
                                     found, version));
  }
}

void YamlFile::finish() {
  report_leftovers(*top_.node_, *state_);
  if (!state_->faults.empty()) throw ConfigError(state_->faults);
}

bool YamlFile::has_faults() const { return !state_->faults.empty(); }

}  // namespace foretoken
