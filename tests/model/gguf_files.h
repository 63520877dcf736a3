#pragma once

/// GGUF files in memory for the tests of their readers.

#include <sstream>
#include <string>

#include "model/gguf_model.h"
#include "tests/model/model_files.h"
#include "tests/support/gguf_of_llm.h"

namespace foretoken::model {

struct ShippedFormats {
  FormatTable table = FormatTable::read(std::string(FORETOKEN_DATA_DIR) + "/formats");
  SchemeTable schemes =
      SchemeTable::read(std::string(FORETOKEN_DATA_DIR) + "/formats/schemes", table);
};

inline const ShippedFormats& shipped_formats() {
  static const ShippedFormats all;
  return all;
}

/// Reads a head of a file of `size` bytes, of which only the head is there.
inline GgufHeader header_of(const std::string& head, std::uint64_t size) {
  std::istringstream in(head);
  GgufBytes bytes(in, size, "x.gguf");
  return read_gguf_header(bytes, shipped_formats().table);
}
inline GgufHeader header_of(const test::GgufWriter& writer) {
  return header_of(writer.head(), writer.size());
}

inline GgufModel model_of(const test::GgufWriter& writer) {
  return gguf_model({.header = header_of(writer)}, shipped_formats().table,
                    shipped_formats().schemes);
}

/// A shipped model in a scheme, written and not yet read.
inline test::GgufWriter written(const std::string& id, const std::string& scheme,
                                const test::GgufKind& kind) {
  const Llm& llm = all_models().at(id);
  const ShippedFormats& formats = shipped_formats();
  return test::gguf_of(llm, formats.schemes.assign(scheme, llm, formats.table), formats.table,
                       kind);
}

}  // namespace foretoken::model
