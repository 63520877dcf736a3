// What holds of any GGUF file: what is written reads back, and any bytes end in a header or an
// Error that names the file.

#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/error.h"
#include "tests/model/gguf_files.h"

namespace foretoken::model {
namespace {

struct PlannedTensor {
  std::vector<std::int64_t> dims;
  FormatId format{};
};

std::vector<FormatId> ggml_formats() {
  const FormatTable& table = shipped_formats().table;
  std::vector<FormatId> ids;
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (table[static_cast<FormatId>(i)].ggml_type) ids.push_back(static_cast<FormatId>(i));
  }
  return ids;
}

PlannedTensor any_tensor() {
  const FormatId format = *rc::gen::elementOf(ggml_formats());
  const std::int64_t block = shipped_formats().table[format].values_per_block;
  PlannedTensor tensor{.dims = {block * *rc::gen::inRange<std::int64_t>(1, 64)}, .format = format};
  const int more = *rc::gen::inRange(0, 4);
  for (int i = 0; i < more; ++i) tensor.dims.push_back(*rc::gen::inRange<std::int64_t>(1, 300));
  return tensor;
}

RC_GTEST_PROP(GgufProperty, WhatIsWrittenReadsBack, ()) {
  const FormatTable& table = shipped_formats().table;
  test::GgufWriter file;
  file.version = *rc::gen::element(2U, 3U);
  file.alignment = static_cast<std::uint64_t>(*rc::gen::inRange(1, 64)) * 8;
  file.u32("general.alignment", file.alignment);
  const auto numbers =
      *rc::gen::container<std::vector<std::int64_t>>(rc::gen::inRange<std::int64_t>(-1000, 1000));
  file.numbers("numbers", numbers);
  const auto texts = *rc::gen::arbitrary<std::vector<std::string>>();
  file.texts("texts", texts);
  std::vector<PlannedTensor> planned;
  const int count = *rc::gen::inRange(0, 12);
  for (int i = 0; i < count; ++i) {
    planned.push_back(any_tensor());
    const NumberFormat& format = table[planned.back().format];
    double rows = 1;
    for (std::size_t d = 1; d < planned.back().dims.size(); ++d) {
      rows *= static_cast<double>(planned.back().dims[d]);
    }
    const auto bytes = format.bytes_of(rows, static_cast<double>(planned.back().dims[0])).base();
    file.tensor("t" + std::to_string(i), planned.back().dims, *format.ggml_type,
                static_cast<std::uint64_t>(bytes));
  }
  const GgufHeader header = header_of(file);
  RC_ASSERT(header.version == file.version);
  RC_ASSERT(header.values.at("numbers").numbers == numbers);
  RC_ASSERT(header.values.at("texts").count == texts.size());
  RC_ASSERT(header.tensors.size() == planned.size());
  for (std::size_t i = 0; i < planned.size(); ++i) {
    for (std::size_t d = 0; d < 4; ++d) {
      const std::int64_t dim = d < planned[i].dims.size() ? planned[i].dims[d] : 1;
      RC_ASSERT(header.tensors[i].dims[d] == dim);
    }
    RC_ASSERT(header.tensors[i].format == planned[i].format);
  }
}

/// Pieces of what heads are made of, so that readers get past the first bytes.
rc::Gen<std::string> any_head() {
  const auto number = [](std::uint64_t value, unsigned bytes) {
    std::string out;
    test::GgufWriter::put(out, value, bytes);
    return out;
  };
  const auto piece = rc::gen::element<std::string>(
      number(0, 4), number(1, 4), number(1, 8), number(8, 4), number(9, 4), number(12, 4),
      number(32, 8), number(256, 8), number(~std::uint64_t{0}, 8), number(3, 8) + "a.b",
      number(20, 8) + "general.architecture", number(5, 8) + "llama", "\xff", "x");
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece),
                      [number](const std::vector<std::string>& pieces) {
                        std::string head = "GGUF" + number(3, 4);
                        for (const std::string& each : pieces) head += each;
                        return head;
                      });
}

RC_GTEST_PROP(GgufProperty, AnyBytesEndInAHeaderOrAnErrorWithTheFile, ()) {
  const std::string head = *any_head();
  const std::uint64_t more = *rc::gen::element<std::uint64_t>(0, 1, 1U << 20U);
  try {
    header_of(head, head.size() + more);
  } catch (const Error& error) {
    RC_ASSERT(std::string_view(error.what()).starts_with("x.gguf: byte "));
  }
}

RC_GTEST_PROP(GgufProperty, BytesOfATensorAreThoseOfItsBlocks, ()) {
  const PlannedTensor tensor = any_tensor();
  const NumberFormat& format = shipped_formats().table[tensor.format];
  test::GgufWriter file;
  file.tensor("t", tensor.dims, *format.ggml_type, std::uint64_t{1} << 40U);
  std::int64_t rows = 1;
  for (std::size_t d = 1; d < tensor.dims.size(); ++d) rows *= tensor.dims[d];
  const std::int64_t row =
      tensor.dims[0] / format.values_per_block * static_cast<std::int64_t>(format.bytes_per_block) +
      static_cast<std::int64_t>(format.bytes_per_row);
  RC_ASSERT(header_of(file).tensors[0].bytes == static_cast<std::uint64_t>(rows * row));
}

}  // namespace
}  // namespace foretoken::model
