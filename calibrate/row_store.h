#pragma once

/// Rows that were imported, each with where it comes from, in one HDF5 file: groups `decode` and
/// `kernels`, a dataset a column, NaN for a number that is not stated.

#include <string>
#include <vector>

#include "calibrate/measurement.h"

namespace foretoken::calibrate {

struct Provenance {
  std::string file;  ///< name without its folder
  std::string hash;  ///< of the whole file
  std::string tool;
  std::string build;
  std::string measured;  ///< as the file says it; empty: it does not
  std::string imported;  ///< the day, UTC
};

template <typename Row>
struct Stored {
  Row row;
  Provenance from;
};

struct RowStore {
  std::vector<Stored<DecodeRow>> decode;
  std::vector<Stored<KernelRow>> kernels;
  std::size_t size() const { return decode.size() + kernels.size(); }
};

/// Most rows a store holds, and most bytes of one text in a row: a file of another hand must not
/// ask for all memory.
inline constexpr std::size_t kMostStoredRows = 100'000;
inline constexpr std::size_t kLongestText = 1000;

/// Throws Error naming the file and what is wrong: not a store, another version, columns of
/// different length, a figure that no row may have.
RowStore read_row_store(const std::string& path);

/// Writes to a temporary file and renames it over `path`. Equal rows give an equal file.
void write_row_store(const std::string& path, const RowStore& store);

/// The product's decode CSV with the provenance in `import_*` columns.
std::string decode_csv_text(const RowStore& store);
std::string kernel_csv_text(const RowStore& store);

}  // namespace foretoken::calibrate
