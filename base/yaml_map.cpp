#include "base/yaml_map.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/suggest.h"
#include "base/yaml_tree.h"

namespace foretoken {
namespace {

constexpr std::size_t kLongestQuote = 60;

YamlEntry* entry_of(YamlNode& map, std::string_view key) {
  const auto it = std::find_if(map.entries.begin(), map.entries.end(),
                               [&](const YamlEntry& entry) { return entry.key == key; });
  return it == map.entries.end() ? nullptr : &*it;
}

void note_known(YamlNode& map, std::string_view key) {
  auto& known = map.known_keys;
  if (std::find(known.begin(), known.end(), key) == known.end()) known.emplace_back(key);
}

/// What stands there, as a message shows it.
std::string shown(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::Null:
      return "nothing";
    case YamlNode::Kind::Sequence:
      return "a list";
    case YamlNode::Kind::Map:
      return "a mapping";
    case YamlNode::Kind::Scalar:
      break;
  }
  if (node.scalar.size() <= kLongestQuote) return fmt::format("'{}'", node.scalar);
  return fmt::format("'{}...'", node.scalar.substr(0, kLongestQuote));
}

void add_fault(YamlState& state, const YamlNode& at, std::string message) {
  state.faults.push_back({state.name, at.line, at.column, std::move(message)});
}

/// "must be <wanted>; found <what stands there>".
void add_mismatch(YamlState& state, const YamlNode& at, std::string_view wanted) {
  add_fault(state, at, fmt::format("'{}' must be {}; found {}", at.path, wanted, shown(at)));
}

/// The value of a key that is asked for, or null. `required`: absence is a fault.
YamlNode* value_of(YamlNode& map, YamlState& state, std::string_view key, bool required) {
  note_known(map, key);
  YamlEntry* const entry = entry_of(map, key);
  if (entry != nullptr) {
    entry->asked = true;
    return entry->value.get();
  }
  if (required && !map.absent) {
    add_fault(state, map,
              fmt::format("key '{}{}{}' is missing", map.path, map.path.empty() ? "" : ".", key));
  }
  return nullptr;
}

bool is_plain(const YamlNode& node) { return node.kind == YamlNode::Kind::Scalar && !node.quoted; }

/// The whole text as a number; nullopt for anything else, and for inf and NaN.
std::optional<double> number_in(const std::string& text) {
  double value = 0.0;
  const auto [stop, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || stop != text.data() + text.size() || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

/// The whole text as a whole number. A leading zero is refused: YAML 1.1 reads it as octal.
std::optional<std::int64_t> integer_in(const std::string& text) {
  std::int64_t value = 0;
  const auto [stop, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = failed == std::errc() && stop == text.data() + text.size();
  const std::size_t first = !text.empty() && text[0] == '-' ? 1 : 0;
  const bool octal = text.size() > first + 1 && text[first] == '0';
  if (!whole || octal) return std::nullopt;
  return value;
}

std::string range_text(std::string_view what, double low, double high) {
  constexpr double kHuge = 9e18;
  if (low <= -kHuge && high >= kHuge) return std::string(what);
  if (high >= kHuge) return fmt::format("{} of at least {}", what, low);
  if (low <= -kHuge) return fmt::format("{} of at most {}", what, high);
  return fmt::format("{} from {} to {}", what, low, high);
}

std::int64_t integer_of(const YamlNode& node, YamlState& state, std::int64_t low,
                        std::int64_t high) {
  const auto value = is_plain(node) ? integer_in(node.scalar) : std::nullopt;
  if (value && *value >= low && *value <= high) return *value;
  add_mismatch(state, node,
               range_text("a whole number", static_cast<double>(low), static_cast<double>(high)));
  return low;
}

double number_of(const YamlNode& node, YamlState& state, Range range) {
  const auto value = is_plain(node) ? number_in(node.scalar) : std::nullopt;
  if (value && *value >= range.low && *value <= range.high) return *value;
  add_mismatch(state, node, range_text("a number", range.low, range.high));
  return range.low;
}

bool boolean_of(const YamlNode& node, YamlState& state) {
  if (is_plain(node) && node.scalar == "true") return true;
  if (!is_plain(node) || node.scalar != "false") add_mismatch(state, node, "true or false");
  return false;
}

std::string text_of(const YamlNode& node, YamlState& state) {
  if (node.kind == YamlNode::Kind::Scalar) return node.scalar;
  add_mismatch(state, node, "a text");
  return "";
}

std::string choice_of(const YamlNode& node, YamlState& state,
                      const std::vector<std::string>& choices) {
  if (node.kind == YamlNode::Kind::Scalar &&
      std::find(choices.begin(), choices.end(), node.scalar) != choices.end()) {
    return node.scalar;
  }
  add_fault(state, node,
            fmt::format("'{}' must be one of {}; found {}{}", node.path, fmt::join(choices, ", "),
                        shown(node), did_you_mean(node.scalar, choices)));
  return choices.empty() ? "" : choices.front();
}

/// The list's items; a fault and none when the value is no list.
std::vector<std::shared_ptr<YamlNode>> items_of(const YamlNode& node, YamlState& state,
                                                std::string_view wanted) {
  if (node.kind != YamlNode::Kind::Sequence) add_mismatch(state, node, wanted);
  return node.items;
}

std::shared_ptr<YamlNode> absent_map(const YamlNode& parent, std::string_view key) {
  auto node = std::make_shared<YamlNode>();
  node->kind = YamlNode::Kind::Map;
  node->line = parent.line;
  node->column = parent.column;
  node->path = parent.path.empty() ? std::string(key) : fmt::format("{}.{}", parent.path, key);
  node->absent = true;
  return node;
}

/// The node itself when it is a mapping, else a fault and an empty one in its place.
std::shared_ptr<YamlNode> opened_map(const std::shared_ptr<YamlNode>& node, YamlState& state) {
  if (node->kind == YamlNode::Kind::Map) {
    node->opened = true;
    return node;
  }
  add_mismatch(state, *node, "a mapping");
  auto empty = std::make_shared<YamlNode>();
  empty->kind = YamlNode::Kind::Map;
  empty->line = node->line;
  empty->column = node->column;
  empty->path = node->path;
  empty->absent = true;
  return empty;
}

}  // namespace

YamlMap::YamlMap(std::shared_ptr<YamlNode> node, std::shared_ptr<YamlState> state)
    : node_(std::move(node)), state_(std::move(state)) {}

bool YamlMap::has(std::string_view key) const {
  note_known(*node_, key);
  return entry_of(*node_, key) != nullptr;
}

std::vector<std::string> YamlMap::keys() const {
  std::vector<std::string> names;
  for (const YamlEntry& entry : node_->entries) names.push_back(entry.key);
  return names;
}

std::string YamlMap::text(std::string_view key) {
  const YamlNode* const node = value_of(*node_, *state_, key, true);
  if (node == nullptr) return "";
  if (node->kind == YamlNode::Kind::Scalar && node->scalar.empty()) {
    add_mismatch(*state_, *node, "a text that is not empty");
    return "";
  }
  return text_of(*node, *state_);
}

std::optional<std::string> YamlMap::find_text(std::string_view key) {
  const YamlNode* const node = value_of(*node_, *state_, key, false);
  if (node == nullptr) return std::nullopt;
  return text_of(*node, *state_);
}

std::int64_t YamlMap::integer(std::string_view key, std::int64_t low, std::int64_t high) {
  const YamlNode* const node = value_of(*node_, *state_, key, true);
  return node == nullptr ? low : integer_of(*node, *state_, low, high);
}

std::optional<std::int64_t> YamlMap::find_integer(std::string_view key, std::int64_t low,
                                                  std::int64_t high) {
  const YamlNode* const node = value_of(*node_, *state_, key, false);
  if (node == nullptr) return std::nullopt;
  return integer_of(*node, *state_, low, high);
}

double YamlMap::number(std::string_view key, Range range) {
  const YamlNode* const node = value_of(*node_, *state_, key, true);
  return node == nullptr ? range.low : number_of(*node, *state_, range);
}

std::optional<double> YamlMap::find_number(std::string_view key, Range range) {
  const YamlNode* const node = value_of(*node_, *state_, key, false);
  if (node == nullptr) return std::nullopt;
  return number_of(*node, *state_, range);
}

bool YamlMap::boolean(std::string_view key) {
  const YamlNode* const node = value_of(*node_, *state_, key, true);
  return node != nullptr && boolean_of(*node, *state_);
}

std::optional<bool> YamlMap::find_boolean(std::string_view key) {
  const YamlNode* const node = value_of(*node_, *state_, key, false);
  if (node == nullptr) return std::nullopt;
  return boolean_of(*node, *state_);
}

std::string YamlMap::choice(std::string_view key, const std::vector<std::string>& choices) {
  const YamlNode* const node = value_of(*node_, *state_, key, true);
  if (node == nullptr) return choices.empty() ? "" : choices.front();
  return choice_of(*node, *state_, choices);
}

std::optional<std::string> YamlMap::find_choice(std::string_view key,
                                                const std::vector<std::string>& choices) {
  const YamlNode* const node = value_of(*node_, *state_, key, false);
  if (node == nullptr) return std::nullopt;
  return choice_of(*node, *state_, choices);
}

std::vector<std::string> YamlMap::texts(std::string_view key) {
  std::vector<std::string> values;
  const YamlNode* const node = value_of(*node_, *state_, key, false);
  if (node == nullptr) return values;
  for (const auto& item : items_of(*node, *state_, "a list of texts, like [a, b]")) {
    values.push_back(text_of(*item, *state_));
  }
  return values;
}

std::vector<std::int64_t> YamlMap::integers(std::string_view key, std::int64_t low,
                                            std::int64_t high) {
  std::vector<std::int64_t> values;
  const YamlNode* const node = value_of(*node_, *state_, key, false);
  if (node == nullptr) return values;
  for (const auto& item : items_of(*node, *state_, "a list of whole numbers, like [1, 2]")) {
    values.push_back(integer_of(*item, *state_, low, high));
  }
  return values;
}

YamlMap YamlMap::map(std::string_view key) {
  if (value_of(*node_, *state_, key, true) == nullptr) {
    return YamlMap(absent_map(*node_, key), state_);
  }
  return YamlMap(opened_map(entry_of(*node_, key)->value, *state_), state_);
}

std::optional<YamlMap> YamlMap::find_map(std::string_view key) {
  if (value_of(*node_, *state_, key, false) == nullptr) return std::nullopt;
  return YamlMap(opened_map(entry_of(*node_, key)->value, *state_), state_);
}

std::vector<YamlMap> YamlMap::maps(std::string_view key) {
  std::vector<YamlMap> values;
  const YamlNode* const node = value_of(*node_, *state_, key, false);
  if (node == nullptr) return values;
  for (const auto& item : items_of(*node, *state_, "a list of mappings")) {
    values.push_back(YamlMap(opened_map(item, *state_), state_));
  }
  return values;
}

std::vector<std::pair<std::string, YamlMap>> YamlMap::entries() {
  std::vector<std::pair<std::string, YamlMap>> values;
  for (YamlEntry& entry : node_->entries) {
    entry.asked = true;
    values.emplace_back(entry.key, YamlMap(opened_map(entry.value, *state_), state_));
  }
  return values;
}

void YamlMap::fault(std::string_view key, std::string message) {
  const YamlEntry* const entry = entry_of(*node_, key);
  const bool has_place = entry != nullptr && entry->value->kind != YamlNode::Kind::Null;
  const int line = entry == nullptr ? node_->line : has_place ? entry->value->line : entry->line;
  const int column = entry == nullptr ? node_->column
                     : has_place      ? entry->value->column
                                      : entry->column;
  state_->faults.push_back({state_->name, line, column, std::move(message)});
}

std::string YamlMap::path(std::string_view key) const {
  if (key.empty()) return node_->path;
  return node_->path.empty() ? std::string(key) : fmt::format("{}.{}", node_->path, key);
}

int YamlMap::line(std::string_view key) const {
  const YamlEntry* const entry = entry_of(*node_, key);
  return entry == nullptr ? node_->line : entry->line;
}

double YamlMap::quantity_base(std::string_view key, Dim dim) {
  const YamlNode* const node = value_of(*node_, *state_, key, true);
  if (node == nullptr) return 1.0;
  if (node->kind == YamlNode::Kind::Scalar) {
    const auto parsed = parse_quantity_text(node->scalar);
    if (parsed && parsed->dim == dim && parsed->base > 0.0) return parsed->base;
  }
  add_mismatch(*state_, *node,
               fmt::format("a positive quantity with its unit, like '{}'", example_of(dim)));
  return 1.0;
}

}  // namespace foretoken
