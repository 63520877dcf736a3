#pragma once

/// What is asked of every reader of `foretoken import` for any bytes at all: rows, or an Error that
/// names the file; and of a row, that its figures are finite and in range and that the CSV gives it
/// back.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "calibrate/import_file.h"

namespace foretoken::test {

/// One format of one tool.
struct ImportReader {
  std::string_view name;  ///< also its folder in the corpus
  void (*read)(std::string_view text, const std::string& file, calibrate::ForeignFile& result);
};

std::span<const ImportReader> import_readers();
/// "any" first: what the program does, which finds out whose text it is. Then every tool of one
/// format: "json", "sql", "csv", "table".
std::span<const ImportReader> wider_readers();

/// Returns how many rows came of `bytes`; ends the program when something does not hold.
std::size_t run_import(const ImportReader& reader, std::string_view bytes);

}  // namespace foretoken::test
