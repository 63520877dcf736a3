#pragma once

/// The columns of decode and kernel rows, once for the CSV that is written and for the HDF5 store.
/// Where the CSV has a handier unit (milliseconds), the store has the base one.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "calibrate/row_store.h"

namespace foretoken::calibrate {

/// One column. `get_text` is set for texts; numbers have the other two, NaN for "not stated".
template <typename Row>
struct RowColumn {
  const char* name;      ///< in the store
  const char* csv_name;  ///< in the CSV
  const char* unit;
  double csv_unit;  ///< one CSV unit in units of the store
  bool optional;    ///< may be NaN
  bool zero_is_empty;
  bool later;  ///< stores written before the column was kept lack it: all rows have the default
  std::string (*get_text)(const Row&);
  void (*set_text)(Row&, const std::string&);
  double (*get)(const Row&);
  void (*set)(Row&, double);
};

std::span<const RowColumn<DecodeRow>> decode_columns();
std::span<const RowColumn<KernelRow>> kernel_columns();

template <typename Row>
std::span<const RowColumn<Row>> columns_of();
template <>
inline std::span<const RowColumn<DecodeRow>> columns_of() {
  return decode_columns();
}
template <>
inline std::span<const RowColumn<KernelRow>> columns_of() {
  return kernel_columns();
}

struct ProvenanceColumn {
  const char* name;
  std::string Provenance::*member;
};
std::span<const ProvenanceColumn> provenance_columns();

/// What a row has in its CSV columns, in their order. Reading it again gives the same row.
template <typename Row>
std::vector<std::string> csv_cells(const Row& row);

/// Whether a CSV column of that name is kept in rows.
template <typename Row>
bool is_known_column(std::string_view name);

}  // namespace foretoken::calibrate
