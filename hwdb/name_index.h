#pragma once

/// Names people type to the index of a thing: case and punctuation do not matter ("RTX 4090",
/// "rtx-4090" and "rtx4090" are one name), a plus sign does ("Max+" is not "Max").

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace foretoken::hwdb {

/// What is left of a name for comparison: lower-case letters, digits and '+'.
std::string name_key(std::string_view name);

/// Parts of a comma list without the blanks around them; empty parts are dropped.
std::vector<std::string> list_parts(std::string_view text);

class NameIndex {
 public:
  /// Gives `name` to `index`; returns the index that had it before when that is another one (the
  /// name then moves). Names without a letter or digit are ignored.
  std::optional<std::size_t> give(std::string_view name, std::size_t index);
  /// Takes every name away from `index`.
  void drop(std::size_t index);
  std::optional<std::size_t> find(std::string_view name) const;
  /// "; did you mean 'x'?" from the names as written, or "".
  std::string suggestion(std::string_view name) const;

 private:
  struct Entry {
    std::size_t index;
    std::string written;
  };
  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace foretoken::hwdb
