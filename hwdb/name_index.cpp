#include "hwdb/name_index.h"

#include <algorithm>
#include <cctype>

#include "base/suggest.h"

namespace foretoken::hwdb {

std::string name_key(std::string_view name) {
  std::string key;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0) {
      key += static_cast<char>(std::tolower(byte));
    } else if (c == '+' || byte >= 0x80) {  // letters of other scripts are kept as they are
      key += c;
    }
  }
  return key;
}

std::vector<std::string> list_parts(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::string_view part = text.substr(0, comma);
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
    if (!part.empty()) parts.emplace_back(part);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return parts;
}

std::optional<std::size_t> NameIndex::give(std::string_view name, std::size_t index) {
  std::string key = name_key(name);
  if (key.empty()) return std::nullopt;
  const auto [place, fresh] =
      entries_.try_emplace(std::move(key), Entry{.index = index, .written = std::string(name)});
  if (fresh || place->second.index == index) return std::nullopt;
  const std::size_t before = place->second.index;
  place->second = Entry{.index = index, .written = std::string(name)};
  return before;
}

void NameIndex::drop(std::size_t index) {
  std::erase_if(entries_, [&](const auto& entry) { return entry.second.index == index; });
}

std::optional<std::size_t> NameIndex::find(std::string_view name) const {
  const auto place = entries_.find(name_key(name));
  if (place == entries_.end()) return std::nullopt;
  return place->second.index;
}

std::string NameIndex::suggestion(std::string_view name) const {
  std::vector<std::string> known;
  known.reserve(entries_.size());
  for (const auto& [key, entry] : entries_) known.push_back(entry.written);
  return did_you_mean(name, known);
}

}  // namespace foretoken::hwdb
