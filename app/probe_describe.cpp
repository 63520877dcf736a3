#include "app/probe_describe.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <system_error>

#include <fmt/format.h>

#include "app/data_folders.h"
#include "app/probe_backends.h"
#include "base/error.h"
#include "base/text_file.h"

namespace foretoken::app {
namespace {

namespace fs = std::filesystem;

struct Wanted {
  std::string backend;  ///< "cpu", "all"
  std::string device;   ///< id asked for; empty: the device's own
  std::optional<std::string> output;
  double seconds = 0;
};

bool is_folder(const std::string& path) {
  std::error_code unknown;
  return fs::is_directory(path, unknown);
}

Wanted wanted_in(const Flags& flags) {
  for (const char* other : {"threads", "quick"}) {
    if (flags.given(other)) {
      throw UsageError(fmt::format("{} has no meaning with --describe", flags.written(other)));
    }
  }
  constexpr double kDescribeSeconds = 3.0;
  Wanted wanted{.backend = flags.choice("backend", backend_choices(), "cpu"),
                .device = flags.text("device", ""),
                .output = flags.find("output"),
                .seconds = kDescribeSeconds};
  if (const auto given = flags.find("seconds")) {
    wanted.seconds = plain_number(flags.written("seconds"), *given, kProbeSeconds);
  }
  if (wanted.backend != "all") return wanted;
  if (!wanted.device.empty()) {
    throw UsageError("--backend all describes several devices; -d names one of them");
  }
  if (wanted.output && !is_folder(*wanted.output)) {
    throw UsageError("--backend all describes several devices; -o must be a folder for them");
  }
  return wanted;
}

/// Where the file goes and so what its id is: a folder gets a file named by the id, a device file's
/// name is its id. Throws Error when it cannot be written or is there.
struct Place {
  std::string id;
  std::string path;  ///< empty: standard output
};

Place place_for(const Wanted& wanted, const std::string& own_id) {
  Place place{.id = wanted.device.empty() ? own_id : wanted.device, .path = {}};
  if (!wanted.output) return place;
  place.path = is_folder(*wanted.output)
                   ? (fs::path(*wanted.output) / (place.id + ".yaml")).string()
                   : *wanted.output;
  const std::string stem = fs::path(place.path).stem().string();
  if (!wanted.device.empty() && wanted.device != stem) {
    throw Error(fmt::format("the device '{}' belongs into '{}.yaml', not '{}'", wanted.device,
                            wanted.device, place.path));
  }
  place.id = stem;
  require_parent(place.path);
  std::error_code unknown;
  if (fs::exists(place.path, unknown)) {
    throw Error(
        fmt::format("'{}' is there already and may have been edited; remove it first", place.path));
  }
  return place;
}

void describe_one(const ProbeBackend& backend, const Wanted& wanted, const sim::Library& library,
                  std::set<std::string>& described, Console& console) {
  Place place;
  const probe::Description description =
      backend.describe(wanted.seconds, library, [&](const std::string& own_id) {
        if (described.count(own_id) != 0) {
          throw Error(fmt::format("'{}' is described already", own_id));
        }
        place = place_for(wanted, own_id);
        return place.id;
      });
  const bool processor = description.device.device_class == hwdb::DeviceClass::Cpu;
  if (wanted.backend == "all" && processor && backend.name != "cpu") {
    throw Error(
        fmt::format("'{}' is the processor, which 'cpu' describes", description.device.name));
  }
  const std::string text = probe::device_yaml_text(description);
  if (place.path.empty()) {
    console.print((described.empty() ? "" : "\n") + text);
  } else {
    write_text_file(place.path, text);
    console.print(
        fmt::format("{} written; check and complete it, then 'foretoken predict -d {} -m "
                    "MODEL' answers\n",
                    place.path, place.path));
  }
  described.insert(place.id);
}

}  // namespace

void require_parent(const std::string& path) {
  const fs::path parent = fs::path(path).parent_path();
  if (!parent.empty() && !is_folder(parent.string())) {
    throw Error(
        fmt::format("'{}' cannot be written: there is no folder '{}'", path, parent.string()));
  }
}

Outcome describe_machine(const Flags& flags, Console& console) {
  const Wanted wanted = wanted_in(flags);
  const sim::Library library = sim::read_library(data_folders(flags), false);
  std::set<std::string> described;
  for (const ProbeBackend& backend : probe_backends()) {
    if (wanted.backend != "all" && wanted.backend != backend.name) continue;
    try {
      describe_one(backend, wanted, library, described, console);
    } catch (const Error& error) {
      if (wanted.backend != "all") throw;
      console.note(fmt::format("{}: {}", backend.name, error.what()));
    }
  }
  if (described.empty()) throw Error("nothing on this machine can be described");
  return Outcome::Done;
}

}  // namespace foretoken::app
