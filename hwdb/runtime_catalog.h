#pragma once

/// All runtimes, by name; folders lie over each other as in `Catalog`.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hwdb/name_index.h"
#include "hwdb/runtime.h"

namespace foretoken::hwdb {

class RuntimeCatalog {
 public:
  /// Reads every `*.yaml` of the folders. Throws ConfigError with the faults of all files together,
  /// Error when a folder holds no runtime file.
  static RuntimeCatalog read(const std::vector<std::string>& folders);

  /// Adds a runtime, or replaces the one with its id; takes the names it claims.
  void add(Runtime runtime);

  /// By id, name or alias, whatever case and punctuation; nullptr when unknown.
  const Runtime* lookup(std::string_view name) const;
  /// The same; throws Error with a suggestion when unknown.
  const Runtime& find(std::string_view name) const;
  /// The runtime to assume for this device: a rule that names its vendor goes before one that names
  /// its class only. Throws Error when there is none.
  const Runtime& default_for(const Device& device) const;
  /// `name`, or the default when empty; throws Error naming the runtimes that would do when this
  /// one does not run on the device.
  const Runtime& find_for(std::string_view name, const Device& device) const;
  /// "all" or a comma list of names.
  std::vector<Runtime> select(const std::string& selection) const;
  /// Every pool name, sorted, each once.
  std::vector<std::string> pools() const;

  std::span<const Runtime> runtimes() const { return runtimes_; }  ///< sorted by id after `read`

 private:
  std::vector<Runtime> runtimes_;
  NameIndex names_;
};

}  // namespace foretoken::hwdb
