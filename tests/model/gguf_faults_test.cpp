// Files that are no sound GGUF: each fault is told with file, byte and what was expected, in little
// time.

#include <ctime>
#include <functional>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/model/gguf_files.h"
#include "tests/support/temp_folder.h"
#include "tests/support/thrown.h"

namespace foretoken::model {
namespace {

using test::GgufWriter;
using testing::HasSubstr;

constexpr std::uint64_t kHuge = ~std::uint64_t{0};
constexpr std::uint32_t kText = 8;
constexpr std::uint32_t kArray = 9;

std::string number(std::uint64_t value, unsigned bytes) {
  std::string out;
  GgufWriter::put(out, value, bytes);
  return out;
}

std::string fault_of(const std::function<void(GgufWriter&)>& change) {
  GgufWriter file;
  file.text("general.architecture", "llama");
  change(file);
  return test::error_of([&] { header_of(file); });
}

void add_tensor(GgufWriter& file, const std::string& name = "a",
                std::optional<std::uint64_t> offset = {}) {
  file.tensor(name, {64}, 0, 256, offset);
}

TEST(GgufFaults, ASoundFileHasNone) {
  EXPECT_EQ(fault_of([](GgufWriter& f) { add_tensor(f); }), "nothing was thrown");
  EXPECT_EQ(fault_of([](GgufWriter& f) {
              f.version = 2;
              add_tensor(f);
            }),
            "nothing was thrown");
}

TEST(GgufFaults, OtherFilesAreToldByTheirFirstBytes) {
  EXPECT_EQ(fault_of([](GgufWriter& f) { f.magic = "GGML"; }),
            "x.gguf: byte 0: not a GGUF file: it does not begin with 'GGUF'");
  EXPECT_EQ(fault_of([](GgufWriter& f) { f.version = 0x03000000; }),
            "x.gguf: byte 4: a big-endian GGUF file (its version reads 0x3000000); only "
            "little-endian ones are read");
  EXPECT_EQ(fault_of([](GgufWriter& f) { f.version = 1; }),
            "x.gguf: byte 4: GGUF version 1, with 32-bit counts, is not read; convert it to "
            "version 3");
  EXPECT_EQ(fault_of([](GgufWriter& f) { f.version = 4; }),
            "x.gguf: byte 4: GGUF version 4; versions 2 and 3 are read");
  EXPECT_EQ(test::error_of([] { header_of("", 0); }),
            "x.gguf: byte 0: the file ends at byte 0, inside the magic 'GGUF'; expected 4 bytes "
            "more");
}

TEST(GgufFaults, CountsAreCheckedBeforeTheyAreBelieved) {
  EXPECT_THAT(fault_of([](GgufWriter& f) { f.key_count = kHuge; }),
              HasSubstr("x.gguf: byte 16: 18446744073709551615 keys cannot be: at most 4096 are "
                        "read, and "));
  EXPECT_THAT(fault_of([](GgufWriter& f) { f.tensor_count = kHuge; }),
              HasSubstr("x.gguf: byte 8: 18446744073709551615 tensors cannot be"));
  EXPECT_THAT(
      fault_of([](GgufWriter& f) { f.raw("a", kArray, number(5, 4) + number(kHuge, 8)); }),
      HasSubstr("key 'a' states 18446744073709551615 array elements, but 2 bytes are left"));
  EXPECT_THAT(fault_of([](GgufWriter& f) { f.raw("a", kText, number(1 << 30, 8)); }),
              HasSubstr("inside the text of key 'a'; expected 1073741824 bytes more"));
  EXPECT_THAT(fault_of([](GgufWriter& f) { f.raw(std::string(300, 'k'), 4, number(1, 4)); }),
              HasSubstr("a key of 300 bytes; expected 1 to 256"));
}

TEST(GgufFaults, KeysAndValuesMustBeWellFormed) {
  EXPECT_THAT(fault_of([](GgufWriter& f) { f.u32("a\xff\x1b", 1); }),
              HasSubstr("key 'a\\xff\\x1b' is not printable UTF-8"));
  EXPECT_THAT(fault_of([](GgufWriter& f) {
                f.u32("twice", 1);
                f.u32("twice", 1);
              }),
              HasSubstr("key 'twice' appears twice, first at byte 69"));
  EXPECT_THAT(fault_of([](GgufWriter& f) { f.raw("a", 13, ""); }),
              HasSubstr("value type 13 of key 'a' is not known; expected 0 to 12"));
  const std::string nest = number(kArray, 4) + number(1, 8);
  EXPECT_EQ(fault_of([&](GgufWriter& f) {
              f.raw("a", kArray, nest + nest + number(0, 4) + number(2, 8) + "xy");
            }),
            "nothing was thrown");
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += nest;
  EXPECT_THAT(fault_of([&](GgufWriter& f) { f.raw("a", kArray, deep); }),
              HasSubstr("key 'a' nests arrays more than 4 deep"));
}

TEST(GgufFaults, AlignmentIsAMultipleOfEight) {
  for (const std::uint64_t bad : {0U, 1U, 12U, 1U << 30U}) {
    EXPECT_THAT(fault_of([&](GgufWriter& f) { f.u32("general.alignment", bad); }),
                HasSubstr(fmt::format("'general.alignment' must be a multiple of 8 up to 1048576; "
                                      "found {}",
                                      bad)));
  }
  EXPECT_THAT(fault_of([](GgufWriter& f) { f.text("general.alignment", "32"); }),
              HasSubstr("'general.alignment' must be a multiple of 8 up to 1048576"));
}

TEST(GgufFaults, TensorInfosMustBeWellFormed) {
  EXPECT_THAT(fault_of([](GgufWriter& f) { add_tensor(f, std::string(65, 'n')); }),
              HasSubstr("a tensor name of 65 bytes; expected 1 to 64"));
  EXPECT_THAT(fault_of([](GgufWriter& f) { add_tensor(f, "n\x80"); }),
              HasSubstr("tensor name 'n\\x80' is not printable UTF-8"));
  EXPECT_THAT(fault_of([](GgufWriter& f) {
                add_tensor(f);
                add_tensor(f);
              }),
              HasSubstr("tensor 'a' appears twice, first at byte 69"));
  EXPECT_THAT(fault_of([](GgufWriter& f) { f.tensor("a", {}, 0, 4); }),
              HasSubstr("tensor 'a' has 0 dimensions; expected 1 to 4"));
  EXPECT_THAT(fault_of([](GgufWriter& f) {
                f.tensor("a", {1, 1, 1, 1, 1}, 0, 4);
              }),
              HasSubstr("tensor 'a' has 5 dimensions; expected 1 to 4"));
  EXPECT_THAT(fault_of([](GgufWriter& f) {
                f.tensor("a", {8, 0}, 0, 4);
              }),
              HasSubstr("dimension 1 of tensor 'a' is 0; expected at least 1"));
  EXPECT_THAT(fault_of([](GgufWriter& f) {
                f.tensor("a", {1 << 30, 1 << 30}, 0, 4);
              }),
              HasSubstr("dimension 1 of tensor 'a' is 1073741824; expected at least 1 and at most "
                        "2^48 values in all"));
  EXPECT_THAT(fault_of([](GgufWriter& f) { f.tensor("a", {32}, 99, 32); }),
              HasSubstr("type 99 of tensor 'a' is not known"));
  EXPECT_THAT(fault_of([](GgufWriter& f) { f.tensor("a", {32}, 31, 32); }),
              HasSubstr("type 31 of tensor 'a' is not known; ggml no longer has it"));
  EXPECT_THAT(fault_of([](GgufWriter& f) { f.tensor("a", {100}, 12, 144); }),
              HasSubstr("tensor 'a' has rows of 100 values, no multiple of the 256 in a block of "
                        "Q4_K"));
}

TEST(GgufFaults, TensorsStandApartAndInTheFile) {
  EXPECT_THAT(fault_of([](GgufWriter& f) { add_tensor(f, "a", 8); }),
              HasSubstr("tensor 'a' stands at offset 8, no multiple of the alignment 32"));
  EXPECT_THAT(fault_of([](GgufWriter& f) { add_tensor(f, "a", 32); }),
              HasSubstr("tensor 'a' of 256 bytes at offset 32 ends outside of the file of "));
  EXPECT_THAT(fault_of([](GgufWriter& f) { add_tensor(f, "a", kHuge - 31); }),
              HasSubstr("ends outside of the file"));
  EXPECT_THAT(fault_of([](GgufWriter& f) {
                add_tensor(f, "a");
                add_tensor(f, "b", 224);
              }),
              HasSubstr("tensor 'b' at offset 224 overlaps 'a', which ends at offset 256"));
}

TEST(GgufFaults, AFileCutAnywhereIsAFault) {
  GgufWriter file = written("llama-3.2-1b", "Q4_K_M", {"llama", 15});
  const std::string head = file.head();
  for (std::size_t length = 0; length < head.size(); length += 7) {
    EXPECT_THAT(test::error_of([&] { header_of(head.substr(0, length), length); }),
                HasSubstr("x.gguf: byte "))
        << length;
  }
  EXPECT_THAT(test::error_of([&] { header_of(head, file.size() - 1); }),
              HasSubstr("the file is cut or damaged"));
  // The size is right, but the bytes cannot be had.
  EXPECT_THAT(test::error_of([&] { header_of(head.substr(0, 100), file.size()); }),
              HasSubstr("cannot be read"));
}

TEST(GgufFaults, TheHeadEndsSomewhere) {
  // An endless list of empty texts in a file that is said to be very large.
  GgufWriter file;
  file.raw("a", kArray, number(kText, 4) + number(std::uint64_t{1} << 30U, 8));
  const test::TempFolder folder;
  const std::string path = folder / "x.gguf";
  file.save(path);
  std::filesystem::resize_file(path, std::uintmax_t{1} << 36U);
  const std::clock_t start = std::clock();
  EXPECT_THAT(test::error_of([&] { read_gguf_header(path, shipped_formats().table); }),
              HasSubstr("reaches beyond 64 MiB; no model's head is so large"));
  // Of the processor, since others may use the machine too.
  EXPECT_LT(static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC, 2.0);
}

TEST(GgufFaults, WhatIsNoFileIsSaid) {
  const test::TempFolder folder;
  const auto fault = [](const std::string& path) {
    return test::error_of([&] { read_gguf_header(path, shipped_formats().table); });
  };
  EXPECT_EQ(fault(folder.path()), "'" + folder.path() + "' is not a file");
  EXPECT_EQ(fault(folder / "none.gguf"), "no such file '" + (folder / "none.gguf") + "'");
}

}  // namespace
}  // namespace foretoken::model
