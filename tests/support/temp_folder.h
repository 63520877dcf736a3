#pragma once

/// A folder of its own for a test, removed with it.

#include <filesystem>
#include <string>
#include <string_view>

#include <unistd.h>

#include "base/text_file.h"

namespace foretoken::test {

class TempFolder {
 public:
  TempFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "foretoken-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TempFolder() {
    std::error_code failed;
    std::filesystem::remove_all(path_, failed);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::string& path() const { return path_; }
  /// Path of `name` inside; folders on the way are made.
  std::string operator/(std::string_view name) const {
    const std::filesystem::path full = std::filesystem::path(path_) / name;
    std::filesystem::create_directories(full.parent_path());
    return full.string();
  }
  /// Writes a file and returns its path.
  std::string write(std::string_view name, std::string_view text) const {
    const std::string full = *this / name;
    write_text_file(full, text);
    return full;
  }

 private:
  std::string path_;
};

}  // namespace foretoken::test
