#include "base/h5_file.h"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text_file.h"
#include "tests/support/temp_folder.h"
#include "tests/support/thrown.h"

namespace foretoken {
namespace {

using test::error_of;
using test::TempFolder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

void fill(H5Writer& writer) {
  writer.attribute("schema_version", "1");
  writer.attribute("empty", "");
  writer.numbers("pools/cuda/values", {1.5, -0.0, 1e-300}, "s");
  writer.texts("pools/cuda/names", {"gemv", "", "\xce\xb1ttention"});
  writer.matrix("pools/cuda/covariance", {1, 2, 3, 4, 5, 6}, 2, 3, "");
  writer.numbers("none", {}, "B");
  writer.texts("no_names", {});
}

std::string written(const TempFolder& folder, const std::string& name) {
  H5Writer writer;
  fill(writer);
  writer.write(folder / name);
  return folder / name;
}

TEST(H5File, ReadsBackWhatWasWritten) {
  const TempFolder folder;
  const H5Reader reader(written(folder, "a.h5"));
  EXPECT_EQ(reader.attribute("schema_version"), "1");
  EXPECT_EQ(reader.attribute("empty"), "");
  EXPECT_THAT(reader.numbers("pools/cuda/values", "s"), ElementsAre(1.5, -0.0, 1e-300));
  EXPECT_TRUE(std::signbit(reader.numbers("pools/cuda/values", "s")[1]));
  EXPECT_THAT(reader.texts("pools/cuda/names"), ElementsAre("gemv", "", "\xce\xb1ttention"));
  std::size_t rows = 0;
  std::size_t columns = 0;
  EXPECT_THAT(reader.matrix("pools/cuda/covariance", rows, columns, ""),
              ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_EQ(rows, 2U);
  EXPECT_EQ(columns, 3U);
  EXPECT_THAT(reader.numbers("none", "B"), IsEmpty());
  EXPECT_THAT(reader.texts("no_names"), IsEmpty());
}

TEST(H5File, ListsNamesSorted) {
  const TempFolder folder;
  const H5Reader reader(written(folder, "a.h5"));
  EXPECT_THAT(reader.names(""), ElementsAre("no_names", "none", "pools"));
  EXPECT_THAT(reader.names("/"), ElementsAre("no_names", "none", "pools"));
  EXPECT_THAT(reader.names("pools/cuda"), ElementsAre("covariance", "names", "values"));
  EXPECT_TRUE(reader.has("pools/cuda/values"));
  EXPECT_TRUE(reader.has("pools"));
  EXPECT_FALSE(reader.has("pools/vulkan/values"));
  EXPECT_FALSE(reader.has(""));
}

TEST(H5File, EqualContentIsAnEqualFile) {
  const TempFolder folder;
  const std::string first = read_text_file(written(folder, "a.h5"));
  EXPECT_GT(first.size(), 100U);
  EXPECT_EQ(first, read_text_file(written(folder, "b.h5")));
}

TEST(H5File, TwoFilesCanBeOpenAtOnce) {
  const TempFolder folder;
  for (const double value : {1.0, 2.0}) {
    H5Writer writer;
    writer.numbers("x", {value}, "s");
    writer.write(folder / (value < 1.5 ? "one.h5" : "two.h5"));
  }
  const H5Reader one(folder / "one.h5");
  const H5Reader two(folder / "two.h5");
  EXPECT_THAT(one.numbers("x", "s"), ElementsAre(1.0));
  EXPECT_THAT(two.numbers("x", "s"), ElementsAre(2.0));
}

TEST(H5File, OverwritesWholly) {
  const TempFolder folder;
  const std::string path = written(folder, "a.h5");
  H5Writer writer;
  writer.numbers("x", {1.0}, "s");
  writer.write(path);
  EXPECT_THAT(H5Reader(path).names(""), ElementsAre("x"));
  EXPECT_THAT(files_in(folder.path(), ""), ElementsAre(path));
}

TEST(H5File, ErrorsNameFilePathAndReason) {
  const TempFolder folder;
  const std::string path = written(folder, "a.h5");
  const H5Reader reader(path);
  EXPECT_EQ(error_of([&] { reader.numbers("pools/cuda/values", "B"); }),
            path + ": reading 'pools/cuda/values': its unit is 's'; expected 'B'");
  EXPECT_EQ(error_of([&] { reader.numbers("pools/cuda/value", "s"); }),
            path + ": no dataset 'pools/cuda/value'; did you mean 'values'?");
  EXPECT_EQ(error_of([&] { reader.numbers("pols/cuda/values", "s"); }),
            path + ": no dataset 'pols/cuda/values'");
  EXPECT_EQ(error_of([&] { reader.attribute("version"); }), path + ": no attribute 'version'");
  EXPECT_EQ(error_of([&] { reader.names("pool"); }), path + ": no group 'pool'");
  EXPECT_EQ(error_of([&] { reader.numbers("pools/cuda/names", "s"); }),
            path + ": reading 'pools/cuda/names': it does not hold numbers");
  EXPECT_EQ(error_of([&] { reader.texts("pools/cuda/values"); }),
            path + ": reading 'pools/cuda/values': it does not hold texts of one width");
  EXPECT_EQ(error_of([&] { reader.numbers("pools/cuda/covariance", ""); }),
            path + ": reading 'pools/cuda/covariance': it has 2 dimensions; expected 1");
  EXPECT_THAT(error_of([&] { reader.numbers("pools", "s"); }),
              HasSubstr(path + ": reading 'pools': "));
}

TEST(H5File, WhatIsNoHdf5FileIsAnError) {
  const TempFolder folder;
  EXPECT_THAT(error_of([&] { H5Reader reader(folder / "none.h5"); }), HasSubstr("No such file"));
  EXPECT_THAT(error_of([&] { H5Reader reader(folder.write("e.h5", "")); }),
              HasSubstr("e.h5: opening the file: it is empty"));
  EXPECT_THAT(error_of([&] { H5Reader reader(folder.write("t.h5", "plain text")); }),
              HasSubstr("t.h5: opening the file: "));
}

TEST(H5File, ATruncatedFileIsAnError) {
  const TempFolder folder;
  const std::string whole = read_text_file(written(folder, "a.h5"));
  for (const std::size_t length : {8U, 100U, 500U, 1000U}) {
    const std::string path = folder.write("t.h5", whole.substr(0, length));
    EXPECT_THAT(error_of([&] { H5Reader(path).numbers("pools/cuda/values", "s"); }),
                HasSubstr("t.h5: "))
        << length;
  }
}

TEST(H5File, WhatCannotBeWrittenIsRefused) {
  H5Writer writer;
  writer.numbers("x", {1.0}, "s");
  EXPECT_THAT(error_of([&] { writer.numbers("x", {1.0}, "s"); }), HasSubstr("written twice"));
  EXPECT_THAT(error_of([&] { writer.numbers("/x", {1.0}, "s"); }), HasSubstr("no path"));
  EXPECT_THAT(error_of([&] { writer.numbers("", {1.0}, "s"); }), HasSubstr("no path"));
  EXPECT_THAT(error_of([&] { writer.texts("t", {std::string("a\0b", 3)}); }),
              HasSubstr("zero byte"));
  EXPECT_THAT(error_of([&] {
                writer.matrix("m", {1, 2, 3}, 2, 2, "");
              }),
              HasSubstr("3 values do not fill 2 x 2"));
  EXPECT_THAT(error_of([&] { writer.write("/nowhere/x.h5"); }), HasSubstr("No such file"));
}

TEST(H5File, ADatasetInsideADatasetIsAnErrorAndLeavesNoFile) {
  const TempFolder folder;
  H5Writer writer;
  writer.numbers("x", {1.0}, "s");
  writer.numbers("x/y", {1.0}, "s");
  EXPECT_THAT(error_of([&] { writer.write(folder / "a.h5"); }), HasSubstr("writing 'x/y'"));
  EXPECT_THAT(files_in(folder.path(), ""), IsEmpty());
}

}  // namespace
}  // namespace foretoken
