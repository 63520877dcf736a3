#include "app/data_folders.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "base/error.h"

namespace foretoken::app {
namespace {

namespace fs = std::filesystem;

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

}  // namespace

void add_data_flag(Flags& flags) {
  flags.add_values("data", "DIR",
                   "a folder of your own data, laid over the shipped one; repeatable");
}

std::string program_folder() {
  std::error_code fault;
  return fs::read_symlink("/proc/self/exe", fault).parent_path().string();
}

std::string shipped_data_folder() {
  if (const char* const named = std::getenv("FORETOKEN_DATA"); named != nullptr && *named != '\0') {
    if (!is_folder(named)) {
      throw Error(fmt::format("FORETOKEN_DATA names '{}', which is not a folder", named));
    }
    return named;
  }
  std::error_code fault;
  const fs::path program = fs::read_symlink("/proc/self/exe", fault);
  const fs::path folder = program.parent_path();
  for (const fs::path& candidate : {folder / "../../data", folder / "../share/foretoken/data"}) {
    if (!fault && is_folder(candidate)) return candidate.lexically_normal().string();
  }
  throw Error(
      fmt::format("no data folder found beside the program in '{}'; name one with "
                  "FORETOKEN_DATA",
                  folder.string()));
}

std::vector<std::string> data_folders(const Flags& flags) {
  std::vector<std::string> folders{shipped_data_folder()};
  for (const std::string& folder : flags.all("data")) {
    if (!is_folder(folder)) {
      throw Error(
          fmt::format("--data names '{}', which is not a folder; expected one with devices, "
                      "models or runtimes in it",
                      folder));
    }
    folders.push_back(folder);
  }
  return folders;
}

}  // namespace foretoken::app
