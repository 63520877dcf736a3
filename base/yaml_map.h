#pragma once

/// The YAML door, the only one: a mapping in which every key must be asked for and every number
/// with a dimension carries its unit. Faults (unknown key with a suggestion, duplicate key, wrong
/// unit, out of range, NaN) are collected with file, line and column and thrown together by
/// `YamlFile::finish`. Reading never stops at the first fault: getters return a fallback.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/quantity.h"
#include "base/unit_text.h"

namespace foretoken {

struct YamlNode;   // private: wraps yaml-cpp
struct YamlState;  // private: file name, faults

/// A closed range for plain numbers; both ends inclusive.
struct Range {
  double low;
  double high;
};

/// One mapping of a YAML file. Copies are cheap handles to the same mapping.
class YamlMap {
 public:
  bool has(std::string_view key) const;
  /// All keys as written, in file order (does not count as asking for them).
  std::vector<std::string> keys() const;

  // Required: a missing key is a fault. Optional (`find_`): nullopt when the key is absent.
  std::string text(std::string_view key);
  std::optional<std::string> find_text(std::string_view key);
  std::int64_t integer(std::string_view key, std::int64_t low, std::int64_t high);
  std::optional<std::int64_t> find_integer(std::string_view key, std::int64_t low,
                                           std::int64_t high);
  double number(std::string_view key, Range range);
  std::optional<double> find_number(std::string_view key, Range range);
  bool boolean(std::string_view key);
  std::optional<bool> find_boolean(std::string_view key);
  /// One of `choices`; anything else is a fault that lists them with a suggestion.
  std::string choice(std::string_view key, const std::vector<std::string>& choices);
  std::optional<std::string> find_choice(std::string_view key,
                                         const std::vector<std::string>& choices);
  std::vector<std::string> texts(std::string_view key);  ///< empty when absent
  std::vector<std::int64_t> integers(std::string_view key, std::int64_t low, std::int64_t high);

  /// A positive quantity with its unit, like "4.8 TB/s". Zero and negative sizes are faults.
  template <typename Q>
  Q quantity(std::string_view key) {
    return Q::of(quantity_base(key, Q::kDim));
  }
  template <typename Q>
  std::optional<Q> find_quantity(std::string_view key) {
    if (!has(key)) return std::nullopt;
    return Q::of(quantity_base(key, Q::kDim));
  }

  YamlMap map(std::string_view key);  ///< a fault and an empty map when absent
  std::optional<YamlMap> find_map(std::string_view key);
  std::vector<YamlMap> maps(std::string_view key);  ///< sequence of mappings; empty if absent
  /// Every value of this mapping, itself a mapping, with its key: for files that are tables.
  std::vector<std::pair<std::string, YamlMap>> entries();

  /// Adds a fault at the place of `key` (or of this mapping when the key is absent).
  void fault(std::string_view key, std::string message);
  /// "memory.bandwidth" for key "bandwidth" inside "memory".
  std::string path(std::string_view key) const;
  int line(std::string_view key) const;

 private:
  friend class YamlFile;
  YamlMap(std::shared_ptr<YamlNode> node, std::shared_ptr<YamlState> state);
  double quantity_base(std::string_view key, Dim dim);

  std::shared_ptr<YamlNode> node_;
  std::shared_ptr<YamlState> state_;
};

/// One YAML file whose top is a mapping with `schema: <n>`.
class YamlFile {
 public:
  /// Reads and parses; throws ConfigError on a syntax fault, Error when the file cannot be read.
  /// Duplicate keys anywhere are faults.
  static YamlFile read(const std::string& path);
  /// The same from text; `name` stands for the file in messages.
  static YamlFile parse(std::string_view text, const std::string& name);

  YamlMap& top() { return top_; }
  const std::string& name() const;

  /// Checks the `schema:` key against `version`: another version is a fault saying what was
  /// expected.
  void require_schema(int version);
  /// Reports every key that nobody asked for, then throws ConfigError if there is any fault.
  void finish();
  bool has_faults() const;

 private:
  YamlFile(YamlMap top, std::shared_ptr<YamlState> state);
  YamlMap top_;
  std::shared_ptr<YamlState> state_;
};

}  // namespace foretoken
