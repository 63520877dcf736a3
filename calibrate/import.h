#pragma once

/// Files of other tools into a store of rows, with an account of every row of every file.

#include <cstddef>
#include <string>
#include <vector>

#include "calibrate/import_file.h"
#include "calibrate/import_names.h"
#include "calibrate/row_store.h"
#include "sim/library.h"

namespace foretoken::calibrate {

/// What became of one file's rows: `used` and `unused` together are all of them.
struct FileAccount {
  std::string path;
  std::string tool;
  std::string format;
  std::string build;  ///< of the first row that states one
  std::size_t decode = 0;
  std::size_t kernels = 0;
  std::vector<UnusedRow> unused;  ///< by line
  std::vector<std::string> passed_over;
  std::size_t used() const { return decode + kernels; }
};

/// Reads the files and adds their rows to `store`. Throws Error or ConfigError at the first file
/// that cannot be read; `store` is then not to be kept.
std::vector<FileAccount> import_files(const sim::Library& library,
                                      const std::vector<std::string>& paths,
                                      const ImportOptions& options, RowStore& store);

}  // namespace foretoken::calibrate
