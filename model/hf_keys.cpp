#include "model/hf_keys.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/suggest.h"

namespace foretoken::model {
namespace {

using nlohmann::json;

constexpr std::size_t kShownCharacters = 40;

std::string shown(const json& value) {
  std::string text = value.dump();
  if (text.size() > kShownCharacters) text = text.substr(0, kShownCharacters) + "...";
  return text;
}

}  // namespace

HfKeys::HfKeys(std::string file, std::string text, const json& body, const json& outer)
    : file_(std::move(file)), text_(std::move(text)), body_(body), outer_(outer) {}

const json* HfKeys::find(std::string_view key) const {
  for (const json* object : {&body_, &outer_}) {
    const auto at = object->find(std::string(key));
    if (at != object->end() && !at->is_null()) return &*at;
  }
  return nullptr;
}

const json* HfKeys::find_first(Names names, std::string_view& name) const {
  for (const std::string_view candidate : names) {
    if (const json* value = find(candidate)) {
      name = candidate;
      return value;
    }
  }
  return nullptr;
}

std::int64_t HfKeys::number(const json& value, std::string_view key, std::int64_t least,
                            std::int64_t most) {
  // Some writers store whole numbers as 4096.0.
  const bool whole =
      value.is_number_integer() ||
      (value.is_number_float() && value.get<double>() >= 0.0 && value.get<double>() <= 1e15 &&
       static_cast<double>(static_cast<std::int64_t>(value.get<double>())) == value.get<double>());
  const bool too_large =
      value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(most);
  if (!whole || too_large || value.get<std::int64_t>() < least ||
      value.get<std::int64_t>() > most) {
    fault(key, fmt::format("'{}' must be a whole number of {} to {}; found {}", key, least, most,
                           shown(value)));
    return least;
  }
  return value.get<std::int64_t>();
}

std::int64_t HfKeys::element(const json& list, std::string_view key, std::size_t layer) {
  if (layer >= list.size()) {
    fault(key, fmt::format("'{}' has {} entries and the model more layers", key, list.size()));
    return 0;
  }
  return list[layer].is_null() ? 0 : number(list[layer], key, 0, kMostSize);
}

std::int64_t HfKeys::size(Names names, std::int64_t most) {
  std::string_view name;
  const json* value = find_first(names, name);
  if (value == nullptr) {
    fault_missing(names);
    return 1;
  }
  return number(*value, name, 1, most);
}

std::int64_t HfKeys::find_size(Names names, std::int64_t most) {
  std::string_view name;
  const json* value = find_first(names, name);
  return value == nullptr ? 0 : number(*value, name, 0, most);
}

std::int64_t HfKeys::find_size_at(Names names, std::size_t layer) {
  std::string_view name;
  const json* value = find_first(names, name);
  if (value == nullptr) return 0;
  return value->is_array() ? element(*value, name, layer) : number(*value, name, 0, kMostSize);
}

std::int64_t HfKeys::size_at(Names names, std::size_t layer) {
  std::string_view name;
  if (find_first(names, name) == nullptr) {
    fault_missing(names);
    return 1;
  }
  const std::int64_t value = find_size_at(names, layer);
  if (value >= 1) return value;
  fault(name, fmt::format("'{}' must be at least 1 in layer {}", name, layer));
  return 1;
}

bool HfKeys::flag(std::string_view key, bool otherwise) {
  const json* value = find(key);
  if (value == nullptr) return otherwise;
  if (value->is_boolean()) return value->get<bool>();
  fault(key, fmt::format("'{}' must be true or false; found {}", key, shown(*value)));
  return otherwise;
}

std::string HfKeys::text(std::string_view key, const std::string& otherwise) {
  const json* value = find(key);
  if (value == nullptr) return otherwise;
  if (value->is_string()) return value->get<std::string>();
  fault(key, fmt::format("'{}' must be a text; found {}", key, shown(*value)));
  return otherwise;
}

std::vector<std::string> HfKeys::texts(std::string_view key) {
  const json* value = find(key);
  if (value == nullptr) return {};
  const bool good = value->is_array() && std::all_of(value->begin(), value->end(),
                                                     [](const json& x) { return x.is_string(); });
  if (good) return value->get<std::vector<std::string>>();
  fault(key, fmt::format("'{}' must be a list of texts; found {}", key, shown(*value)));
  return {};
}

std::vector<std::int64_t> HfKeys::integers(std::string_view key) {
  const json* value = find(key);
  std::vector<std::int64_t> numbers;
  if (value == nullptr) return numbers;
  if (!value->is_array()) {
    fault(key, fmt::format("'{}' must be a list of whole numbers; found {}", key, shown(*value)));
    return numbers;
  }
  for (const json& entry : *value) numbers.push_back(number(entry, key, 0, kMostSize));
  return numbers;
}

void HfKeys::fault_missing(Names names) {
  std::vector<std::string> known;
  for (const json* object : {&body_, &outer_}) {
    for (const auto& [key, value] : object->items()) known.push_back(key);
  }
  const std::string first(*names.begin());
  std::string message = fmt::format("key '{}' is missing", first);
  if (names.size() > 1) {
    message += fmt::format(" (or {})", fmt::join(names.begin() + 1, names.end(), ", "));
  }
  fault({}, message + did_you_mean(first, known));
}

void HfKeys::fault(std::string_view key, std::string message) {
  const Fault fault{
      .file = file_, .line = line_of(key), .column = 0, .message = std::move(message)};
  const bool repeated = std::any_of(faults_.begin(), faults_.end(), [&](const Fault& other) {
    return other.message == fault.message;
  });
  if (!repeated) faults_.push_back(fault);
}

int HfKeys::line_of(std::string_view key) const {
  if (key.empty()) return 0;
  const auto at = text_.find(fmt::format("\"{}\"", key));
  if (at == std::string::npos) return 0;
  const auto end = text_.begin() + static_cast<std::ptrdiff_t>(at);
  return static_cast<int>(std::count(text_.begin(), end, '\n')) + 1;
}

void HfKeys::finish() const {
  if (!faults_.empty()) throw ConfigError(faults_);
}

}  // namespace foretoken::model
