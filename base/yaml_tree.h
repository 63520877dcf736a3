#pragma once

/// What a YAML file says, as plain values with their places; private to the YAML door. Anchors and
/// aliases are refused (a data file says what it means where it stands, and an alias can blow up a
/// small file), so the tree is a tree.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace foretoken {

struct YamlNode;

struct YamlEntry {
  std::string key;
  int line = 0;  ///< of the key, from 1
  int column = 0;
  std::shared_ptr<YamlNode> value;
  bool asked = false;
};

struct YamlNode {
  enum class Kind { Null, Scalar, Sequence, Map };

  Kind kind = Kind::Null;
  int line = 0;
  int column = 0;
  std::string scalar;
  bool quoted = false;
  std::vector<std::shared_ptr<YamlNode>> items;
  std::vector<YamlEntry> entries;

  std::string path;                     ///< "memory" or "links[1]"; "" at the top
  bool opened = false;                  ///< a reader looked inside, so leftovers are faults
  bool absent = false;                  ///< stands for a mapping that was not there
  std::vector<std::string> known_keys;  ///< asked for, there or not
};

struct YamlState {
  std::string name;
  std::vector<Fault> faults;
};

/// The tree of one document whose top is a mapping. Duplicate keys are added to `state.faults`;
/// what leaves no tree to read (syntax, encoding, aliases, nesting) throws ConfigError.
std::shared_ptr<YamlNode> parse_yaml_tree(std::string_view text, YamlState& state);

}  // namespace foretoken
