#include "base/number_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "tests/support/temp_folder.h"
#include "tests/support/thrown.h"

namespace foretoken {
namespace {

using test::config_error_of;
using test::TempFolder;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kTwoFormats =
    "schema: 1\n"
    "formats:\n"
    "  Q4_K: {values: 256, bytes: 144, kind: k-quant, arithmetic: int8, source: ggml}\n"
    "  IQ4_KS:\n"
    "    values: 256\n"
    "    bytes: 136\n"
    "    row_bytes: 4\n"
    "    kind: i-quant\n"
    "    unpack: table\n"
    "    interleaved: true\n"
    "    arithmetic: int8\n"
    "    aliases: [iq4ks]\n"
    "    source: ik_llama.cpp\n";

FormatTable two_formats() {
  const TempFolder folder;
  folder.write("gguf.yaml", kTwoFormats);
  return FormatTable::read(folder.path());
}

TEST(NumberFormat, BytesAreWholeBlocksARow) {
  const FormatTable table = two_formats();
  const NumberFormat& q4 = table[table.id_of("Q4_K")];
  EXPECT_EQ(q4.bytes_of(1.0, 256.0).base(), 144.0);
  EXPECT_EQ(q4.bytes_of(10.0, 512.0).base(), 2880.0);
  EXPECT_EQ(q4.bytes_of(1.0, 257.0).base(), 288.0);
  EXPECT_DOUBLE_EQ(q4.bytes_per_value() * 8.0, 4.5);
  EXPECT_EQ(table[table.id_of("IQ4_KS")].bytes_of(10.0, 512.0).base(), 10.0 * (2.0 * 136.0 + 4.0));
}

TEST(NumberFormat, SparseOnesAreKeptValuesAndIndices) {
  const TempFolder folder;
  folder.write("a.yaml",
               "schema: 1\nformats:\n"
               "  F16: {values: 1, bytes: 2, kind: float, arithmetic: fp16, source: s}\n"
               "  G4: {values: 128, bytes: 66.5, kind: grouped-int, arithmetic: fp16, source: s}\n"
               "  two_of_four: {sparse_of: F16, kept: 0.5, index_bits_kept: 2, kind: sparse, "
               "arithmetic: fp16, source: s}\n"
               "  bitmap: {sparse_of: F16, kept: 0.3, index_bits: 1, kind: sparse, "
               "arithmetic: fp16, source: s}\n"
               "  two_of_four_4bit: {sparse_of: G4, kept: 0.5, index_bits_kept: 2, kind: sparse, "
               "arithmetic: fp16, source: s}\n");
  const FormatTable table = FormatTable::read(folder.path());
  const auto bits = [&](const char* id) { return table[table.id_of(id)].bytes_per_value() * 8.0; };
  EXPECT_DOUBLE_EQ(bits("two_of_four"), 0.5 * (16.0 + 2.0));
  EXPECT_DOUBLE_EQ(bits("bitmap"), 0.3 * 16.0 + 1.0);
  EXPECT_DOUBLE_EQ(bits("two_of_four_4bit"), 0.5 * (66.5 * 8.0 / 128.0 + 2.0));
}

TEST(NumberFormat, ASparseFormatNeedsADenseOneBeforeIt) {
  const TempFolder folder;
  folder.write("a.yaml",
               "schema: 1\nformats:\n"
               "  half: {sparse_of: F61, kept: 0.5, kind: sparse, arithmetic: fp16, source: s}\n");
  EXPECT_THAT(config_error_of([&] { FormatTable::read(folder.path()); }),
              HasSubstr("unknown format 'F61'"));
}

TEST(FormatTable, ReadsWhatTheFileSays) {
  const FormatTable table = two_formats();
  EXPECT_THAT(table.names(), ElementsAre("Q4_K", "IQ4_KS"));
  const NumberFormat& format = table[table.id_of("IQ4_KS")];
  EXPECT_EQ(format.kind, "i-quant");
  EXPECT_EQ(format.unpack, "table");
  EXPECT_TRUE(format.interleaved);
  const NumberFormat& plain = table[table.id_of("Q4_K")];
  EXPECT_EQ(plain.unpack, "k-quant");
  EXPECT_FALSE(plain.interleaved);
  EXPECT_EQ(format.arithmetic, ArithmeticClass::Int8);
  EXPECT_EQ(format.values_per_block, 256);
  EXPECT_EQ(format.bytes_per_block, 136.0);
  EXPECT_EQ(format.bytes_per_row, 4.0);
}

TEST(FormatTable, FindsByIdOrAliasInAnyCase) {
  const FormatTable table = two_formats();
  FormatId id{};
  EXPECT_TRUE(table.find("q4_k", id));
  EXPECT_EQ(table[id].id, "Q4_K");
  EXPECT_TRUE(table.find("IQ4KS", id));
  EXPECT_EQ(table[id].id, "IQ4_KS");
  EXPECT_FALSE(table.find("Q4", id));
}

TEST(FormatTable, AnUnknownNameIsAnErrorWithTheNearest) {
  EXPECT_EQ(test::error_of([] { two_formats().id_of("Q4_KK"); }),
            "unknown number format 'Q4_KK'; did you mean 'Q4_K'?");
}

TEST(FormatTable, EveryBadEntryIsToldAtItsPlace) {
  const TempFolder folder;
  const std::string path =
      folder.write("f.yaml",
                   "schema: 1\nformats:\n"
                   "  A: {values: 0, bytes: -1, kind: odd, arithmetic: fp12, source: x}\n"
                   "  B: {values: 1, bytes: 2, knid: float, arithmetic: fp16}\n");
  const std::string faults = config_error_of([&] { FormatTable::read(folder.path()); });
  EXPECT_THAT(faults, HasSubstr(path + ":3:15: 'formats.A.values' must be a whole number from 1"));
  EXPECT_THAT(faults, HasSubstr(path + ":3:25: 'formats.A.bytes' must be a number from"));
  EXPECT_THAT(faults, HasSubstr("'formats.A.kind' must be one of float, legacy"));
  EXPECT_THAT(faults, HasSubstr("'formats.A.arithmetic' must be one of fp32"));
  EXPECT_THAT(faults, HasSubstr("did you mean 'fp"));
  EXPECT_THAT(faults, HasSubstr("key 'formats.B.kind' is missing"));
  EXPECT_THAT(faults, HasSubstr("key 'formats.B.source' is missing"));
  EXPECT_THAT(faults, HasSubstr("unknown key 'knid'; did you mean 'kind'?"));
}

TEST(FormatTable, ANameTakenByAnotherFileIsAFault) {
  const TempFolder folder;
  folder.write("a.yaml", kTwoFormats);
  const std::string path = folder.write(
      "b.yaml",
      "schema: 1\nformats:\n"
      "  mine: {values: 1, bytes: 2, kind: float, arithmetic: fp16, aliases: [q4_K], source: x}\n");
  EXPECT_EQ(config_error_of([&] { FormatTable::read(folder.path()); }),
            path + ":3:9: format name 'q4_K' is taken already by 'Q4_K'");
}

TEST(FormatTable, TheNumberInGgufFilesIsOfOneFormat) {
  const TempFolder folder;
  const std::string path = folder.write(
      "a.yaml",
      "schema: 1\nformats:\n"
      "  A: {ggml_type: 7, values: 1, bytes: 2, kind: float, arithmetic: fp16, source: x}\n"
      "  B: {values: 1, bytes: 2, kind: float, arithmetic: fp16, source: x}\n");
  const FormatTable table = FormatTable::read(folder.path());
  ASSERT_TRUE(table.find_ggml(7).has_value());
  EXPECT_EQ(table[*table.find_ggml(7)].id, "A");
  EXPECT_FALSE(table.find_ggml(8).has_value());
  folder.write(
      "b.yaml",
      "schema: 1\nformats:\n"
      "  C: {ggml_type: 7, values: 1, bytes: 2, kind: float, arithmetic: fp16, source: x}\n");
  EXPECT_THAT(config_error_of([&] { FormatTable::read(folder.path()); }),
              HasSubstr("ggml_type 7 is taken already by 'A'"));
}

TEST(FormatTable, AFolderWithoutFormatsIsAFault) {
  const TempFolder folder;
  EXPECT_THAT(config_error_of([&] { FormatTable::read(folder.path()); }),
              HasSubstr("no number format found"));
  EXPECT_THAT(config_error_of([&] { FormatTable::read(folder.path() + "/none"); }),
              HasSubstr("no number format found"));
}

TEST(FormatTable, AddingANameTwiceIsAnError) {
  FormatTable table;
  table.add({.id = "F16"});
  EXPECT_EQ(test::error_of([&] { table.add({.id = "f16"}); }),
            "number format 'f16' is there already");
  EXPECT_EQ(table.size(), 1U);
}

}  // namespace
}  // namespace foretoken
