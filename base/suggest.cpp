#include "base/suggest.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

#include <fmt/format.h>

namespace foretoken {
namespace {

// Longer texts are not names; the distance below is quadratic in them.
constexpr std::size_t kLongestName = 200;
constexpr std::size_t kShortestPart = 3;

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}

/// Lower case, punctuation dropped: what is left when the spelling's habits are taken away.
std::string essence_of(std::string_view name) {
  std::string essence;
  for (char c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (is_letter_or_digit(c)) essence += c;
  }
  return essence;
}

/// Edits (insert, delete, replace, swap of neighbours) that turn `a` into `b`.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({replace, last[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

/// The shortest known name that contains `essence`: "4090" means "RTX 4090".
std::string shortest_containing(const std::string& essence, std::span<const std::string> known) {
  std::string best;
  if (essence.size() < kShortestPart) return best;
  for (const std::string& candidate : known) {
    const bool contains = essence_of(candidate).find(essence) != std::string::npos;
    if (contains && (best.empty() || candidate.size() < best.size())) best = candidate;
  }
  return best;
}

}  // namespace

std::string nearest_name(std::string_view name, std::span<const std::string> known) {
  if (name.empty() || name.size() > kLongestName) return "";
  const std::string essence = essence_of(name);
  std::string best;
  std::size_t best_distance = std::numeric_limits<std::size_t>::max();
  for (const std::string& candidate : known) {
    if (candidate.empty() || candidate.size() > kLongestName) continue;
    const std::string other = essence_of(candidate);
    const std::size_t length = std::max(essence.size(), other.size());
    const std::size_t edits = edit_distance(essence, other);
    // Names without a single letter or digit are compared as they stand.
    if (essence.empty() ? name != candidate : edits > std::max<std::size_t>(1, length / 3))
      continue;
    if (edits > 0 && edits >= length) continue;
    // An edit of the essence outweighs any difference of spelling.
    const std::size_t distance =
        edits * 2 * kLongestName + edit_distance(name.substr(0, kLongestName), candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best.empty() ? shortest_containing(essence, known) : best;
}

std::string did_you_mean(std::string_view name, std::span<const std::string> known) {
  const std::string nearest = nearest_name(name, known);
  return nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest);
}

}  // namespace foretoken
