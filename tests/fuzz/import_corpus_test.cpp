// The corpus of the importers' fuzzer and changes of it, the same ones each time, as an ordinary
// test.

#include <cstddef>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/text_file.h"
#include "tests/fuzz/changed_file.h"
#include "tests/fuzz/import_target.h"

namespace foretoken::test {
namespace {

const std::filesystem::path kCorpus = FORETOKEN_TESTS_DIR "/fuzz/corpus/import";

std::vector<std::string> seeds_of(const ImportReader& reader) {
  std::vector<std::string> files;
  for (const std::string& path : files_in(kCorpus / reader.name, "")) {
    files.push_back(read_text_file(path));
  }
  return files;
}

TEST(ImportCorpus, HoldsRowsForEachReader) {
  std::size_t folders = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kCorpus)) {
    if (entry.is_directory()) ++folders;
  }
  EXPECT_EQ(folders, import_readers().size());
  for (const ImportReader& reader : import_readers()) {
    std::size_t rows = 0;
    std::size_t rows_of_any = 0;
    for (const std::string& file : seeds_of(reader)) {
      rows += run_import(reader, file);
      rows_of_any += run_import(wider_readers().front(), file);
    }
    EXPECT_GT(rows, 0U) << reader.name;
    EXPECT_EQ(rows_of_any, rows) << reader.name << " is not found out from its own seeds";
  }
}

/// What tools write where a number or a word is expected, and what a format is built of.
const std::vector<std::string> kPieces{"0",
                                       "-1",
                                       "1e308",
                                       "1e-320",
                                       "nan",
                                       "inf",
                                       "9223372036854775808",
                                       "",
                                       "null",
                                       "\"",
                                       "'",
                                       "''",
                                       ",",
                                       ",,",
                                       "|",
                                       "\n",
                                       "\r\n",
                                       "{",
                                       "}",
                                       "[",
                                       "]",
                                       "(",
                                       ")",
                                       ";",
                                       "--",
                                       "@ d",
                                       "+",
                                       "tg128",
                                       ":1,",
                                       "=",
                                       "\xef\xbb\xbf",
                                       "\xff",
                                       "µs",
                                       "±",
                                       std::string(1, '\0')};

TEST(ImportCorpus, ChangedFilesEndInRowsOrAnError) {
  constexpr std::size_t kRuns = 20'000;
  const std::size_t runs = kRuns / (import_readers().size() + wider_readers().size());
  std::mt19937 random(11);  // NOLINT: the same changes each time
  std::vector<std::string> all;
  const auto files_with_rows = [&](const ImportReader& reader,
                                   const std::vector<std::string>& files) {
    std::size_t with_rows = 0;
    for (std::size_t i = 0; i < runs; ++i) {
      const std::string& file = files[random() % files.size()];
      if (run_import(reader, changed(file, files, kPieces, random)) > 0) ++with_rows;
    }
    return with_rows;
  };
  for (const ImportReader& reader : import_readers()) {
    const std::vector<std::string> files = seeds_of(reader);
    all.insert(all.end(), files.begin(), files.end());
    ASSERT_FALSE(files.empty()) << reader.name;
    const std::size_t with_rows = files_with_rows(reader, files);
    // Both ends are reached, so the changes are neither too wild nor too tame.
    EXPECT_GT(with_rows, runs / 50) << reader.name;
    EXPECT_LT(with_rows, runs * 99 / 100) << reader.name;
  }
  for (const ImportReader& reader : wider_readers()) {
    EXPECT_GT(files_with_rows(reader, all), 0U) << reader.name;
  }
}

}  // namespace
}  // namespace foretoken::test
