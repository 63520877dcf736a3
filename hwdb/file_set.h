#pragma once

/// Reads folders of one-thing-a-file YAML with all faults collected, for things that have `id`,
/// `name`, `aliases` and `file`.

#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text_file.h"
#include "hwdb/name_index.h"

namespace foretoken::hwdb {

template <typename Thing>
struct FileSet {
  std::vector<Thing> things;  ///< in the order of the files' names
  std::vector<Fault> faults;
};

/// Reads every `*.yaml` of one folder with `read_one(path)`. Two things that claim one name are a
/// fault.
template <typename Thing, typename ReadOne>
FileSet<Thing> read_file_set(const std::string& folder, ReadOne read_one) {
  FileSet<Thing> set;
  for (const std::string& path : files_in(folder, ".yaml")) {
    try {
      set.things.push_back(read_one(path));
    } catch (const ConfigError& error) {
      set.faults.insert(set.faults.end(), error.faults().begin(), error.faults().end());
    } catch (const Error& error) {
      set.faults.push_back({.file = path, .message = error.what()});
    }
  }
  NameIndex names;
  for (std::size_t i = 0; i < set.things.size(); ++i) {
    const Thing& thing = set.things[i];
    const auto claim = [&](const std::string& name) {
      const auto other = names.give(name, i);
      if (!other) return;
      set.faults.push_back(
          {.file = thing.file,
           .message = fmt::format("name '{}' is also claimed by '{}' ({}); keep it in one of them",
                                  name, set.things[*other].id, set.things[*other].file)});
    };
    claim(thing.id);
    claim(thing.name);
    for (const std::string& alias : thing.aliases) claim(alias);
  }
  return set;
}

/// Reads the folders in order and adds everything to `catalog`. `kind` is "device" or the like, for
/// messages. Throws ConfigError with the faults of all files, Error when a folder holds none.
template <typename Thing, typename Catalog, typename ReadOne>
void read_folders(Catalog& catalog, const std::vector<std::string>& folders, std::string_view kind,
                  ReadOne read_one) {
  std::vector<Fault> faults;
  for (const std::string& folder : folders) {
    auto set = read_file_set<Thing>(folder, read_one);
    if (set.things.empty() && set.faults.empty()) {
      throw Error(fmt::format("no {} files (*.yaml) in folder '{}'", kind, folder));
    }
    faults.insert(faults.end(), set.faults.begin(), set.faults.end());
    for (Thing& thing : set.things) catalog.add(std::move(thing));
  }
  if (!faults.empty()) throw ConfigError(std::move(faults));
}

/// Puts `thing` into `things`, over the one with its id if there is one, and gives it its names.
template <typename Thing>
void add_named(std::vector<Thing>& things, NameIndex& names, Thing thing) {
  std::size_t place = 0;
  while (place < things.size() && things[place].id != thing.id) ++place;
  if (place == things.size()) {
    things.push_back(std::move(thing));
  } else {
    names.drop(place);
    things[place] = std::move(thing);
  }
  const Thing& added = things[place];
  names.give(added.id, place);
  names.give(added.name, place);
  for (const std::string& alias : added.aliases) names.give(alias, place);
}

}  // namespace foretoken::hwdb
