#include "base/text_file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

#include <fmt/format.h>
#include <unistd.h>

#include "base/error.h"
#include "base/suggest.h"

namespace foretoken {
namespace {

namespace fs = std::filesystem;

/// "; did you mean 'b.yaml'?" from the files beside a missing one, or "".
std::string neighbour_of(const fs::path& path) {
  std::error_code failed;
  std::vector<std::string> names;
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  for (auto it = fs::directory_iterator(folder, failed); !failed && it != fs::directory_iterator();
       it.increment(failed)) {
    names.push_back(it->path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return did_you_mean(path.filename().string(), names);
}

/// Where the bytes must go: a link's target rather than the link.
fs::path resolved(const fs::path& path) {
  std::error_code failed;
  if (!fs::is_symlink(fs::symlink_status(path, failed))) return path;
  const fs::path target = fs::weakly_canonical(path, failed);
  return failed ? path : target;
}

void write_all(const fs::path& path, std::string_view text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  out.close();
  if (!out) throw Error(fmt::format("cannot write '{}': {}", path.string(), std::strerror(errno)));
}

}  // namespace

std::string read_text_file(const std::string& path, std::size_t limit) {
  std::error_code failed;
  if (fs::is_directory(path, failed)) {
    throw Error(fmt::format("cannot read '{}': it is a folder, a file was expected", path));
  }
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    const int reason = errno;
    throw Error(fmt::format("cannot read '{}': {}{}", path, std::strerror(reason),
                            reason == ENOENT ? neighbour_of(path) : ""));
  }
  std::string text;
  std::array<char, 65536> block{};
  while (in) {
    in.read(block.data(), static_cast<std::streamsize>(block.size()));
    text.append(block.data(), static_cast<std::size_t>(in.gcount()));
    if (text.size() > limit) {
      throw Error(fmt::format("cannot read '{}': larger than {} bytes", path, limit));
    }
  }
  if (in.bad()) throw Error(fmt::format("cannot read '{}': {}", path, std::strerror(errno)));
  return text;
}

void write_text_file(const std::string& path, std::string_view text) {
  const fs::path target = resolved(path);
  std::error_code failed;
  const fs::file_status status = fs::status(target, failed);
  if (fs::is_directory(status)) {
    throw Error(fmt::format("cannot write '{}': it is a folder, a file was expected", path));
  }
  // A device or a pipe must not be replaced by a file.
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    write_all(target, text);
    return;
  }
  fs::path temporary = target;
  temporary += fmt::format(".tmp-{}", ::getpid());
  try {
    write_all(temporary, text);
    fs::rename(temporary, target, failed);
    if (failed) throw Error(fmt::format("cannot write '{}': {}", path, failed.message()));
  } catch (...) {
    fs::remove(temporary, failed);
    throw;
  }
}

std::vector<std::string> files_in(const std::string& folder, std::string_view ending) {
  std::vector<std::string> paths;
  std::error_code failed;
  for (auto it = fs::directory_iterator(folder, failed); !failed && it != fs::directory_iterator();
       it.increment(failed)) {
    const std::string name = it->path().filename().string();
    std::error_code unknown;
    if (std::string_view(name).ends_with(ending) && it->is_regular_file(unknown)) {
      paths.push_back(it->path().string());
    }
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace foretoken
