#include "model/gguf_keys.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/suggest.h"
#include "base/utf8.h"

namespace foretoken::model {
namespace {

constexpr std::size_t kMostFaults = 8;

}  // namespace

GgufKeys::GgufKeys(const GgufHeader& header, std::string architecture)
    : header_(header), architecture_(std::move(architecture)) {}

const GgufValue* GgufKeys::find(std::string_view key) const {
  const auto at = header_.values.find(fmt::format("{}.{}", architecture_, key));
  return at == header_.values.end() ? nullptr : &at->second;
}

std::int64_t GgufKeys::number(const GgufValue& value, std::size_t index, std::string_view key,
                              std::int64_t least, std::int64_t most) {
  const bool is_there = index < value.numbers.size();
  const std::int64_t found = is_there ? value.numbers[index] : least;
  if (is_there && found >= least && found <= most) return found;
  fault(key, fmt::format("'{}.{}' must be a whole number of {} to {}{}", architecture_, key, least,
                         most, is_there ? fmt::format("; found {}", found) : ""));
  return least;
}

std::int64_t GgufKeys::find_size(std::string_view key, std::int64_t most) {
  const GgufValue* value = find(key);
  if (value == nullptr) return 0;
  // A list that says the same of every layer counts as one number.
  const auto& list = value->numbers;
  const bool is_mixed = value->is_array && std::any_of(list.begin(), list.end(),
                                                       [&](auto x) { return x != list.front(); });
  if (is_mixed) {
    fault(key, fmt::format("'{}.{}' must be one whole number; found a list", architecture_, key));
    return 0;
  }
  return number(*value, 0, key, 0, most);
}

std::int64_t GgufKeys::size(std::string_view key, std::int64_t most) {
  if (!has(key)) {
    std::vector<std::string> known;
    for (const auto& [name, value] : header_.values) known.push_back(name);
    const std::string name = fmt::format("{}.{}", architecture_, key);
    fault({}, fmt::format("key '{}' is missing{}", name, did_you_mean(name, known)));
    return 1;
  }
  const std::int64_t value = find_size(key, most);
  if (value >= 1) return value;
  fault(key, fmt::format("'{}.{}' must be at least 1", architecture_, key));
  return 1;
}

std::int64_t GgufKeys::find_size_at(std::string_view key, std::size_t layer) {
  const GgufValue* value = find(key);
  if (value == nullptr) return 0;
  if (!value->is_array) return number(*value, 0, key, 0, kMostSize);
  if (layer < value->numbers.size()) return number(*value, layer, key, 0, kMostSize);
  fault(key, fmt::format("'{}.{}' has {} entries and the model more layers", architecture_, key,
                         value->numbers.size()));
  return 0;
}

std::int64_t GgufKeys::size_at(std::string_view key, std::size_t layer) {
  if (!has(key)) return size(key);
  const std::int64_t value = find_size_at(key, layer);
  if (value >= 1) return value;
  fault(key, fmt::format("'{}.{}' must be at least 1 in layer {}", architecture_, key, layer));
  return 1;
}

std::optional<std::vector<std::int64_t>> GgufKeys::numbers(std::string_view key) const {
  const GgufValue* value = find(key);
  if (value == nullptr || !value->is_array) return std::nullopt;
  return value->numbers;
}

void GgufKeys::fault(std::string_view key, std::string message) {
  const GgufValue* value = key.empty() ? nullptr : find(key);
  if (value != nullptr) message = fmt::format("byte {}: {}", value->at, message);
  add(header_.file, std::move(message));
}

void GgufKeys::fault_at(const GgufTensor& tensor, std::string message) {
  add(tensor.file, fmt::format("byte {}: {}", tensor.at, message));
}

void GgufKeys::add(std::string file, std::string message) {
  const bool repeated = std::any_of(faults_.begin(), faults_.end(),
                                    [&](const Fault& other) { return other.message == message; });
  // What is wrong in one layer is wrong in most; the first few say it.
  if (repeated || faults_.size() >= kMostFaults) return;
  faults_.push_back({.file = std::move(file), .message = std::move(message)});
}

void GgufKeys::finish() const {
  if (!faults_.empty()) throw ConfigError(faults_);
}

std::string gguf_text(const GgufHeader& header, std::string_view key) {
  const auto found = header.values.find(key);
  if (found == header.values.end() || found->second.is_array) return "";
  return is_printable_utf8(found->second.text) ? found->second.text : "";
}

}  // namespace foretoken::model
