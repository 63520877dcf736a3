#include "base/text_file.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "tests/support/temp_folder.h"
#include "tests/support/thrown.h"

namespace foretoken {
namespace {

using test::error_of;
using test::TempFolder;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(TextFile, ReadsBackWhatWasWritten) {
  const TempFolder folder;
  const std::string text("a\r\nb\0c", 6);
  const std::string path = folder.write("x.txt", text);
  EXPECT_EQ(read_text_file(path), text);
  write_text_file(path, "");
  EXPECT_EQ(read_text_file(path), "");
}

TEST(TextFile, WritingLeavesNothingElseBehind) {
  const TempFolder folder;
  folder.write("x.txt", "1");
  folder.write("x.txt", "2");
  EXPECT_THAT(files_in(folder.path(), ""), ElementsAre(folder / "x.txt"));
}

TEST(TextFile, AMissingFileIsNamedWithItsNeighbour) {
  const TempFolder folder;
  folder.write("h200.yaml", "");
  EXPECT_EQ(error_of([&] { read_text_file(folder / "h20.yaml"); }),
            "cannot read '" + (folder / "h20.yaml") +
                "': No such file or directory; did you mean 'h200.yaml'?");
}

TEST(TextFile, AFolderIsNoFile) {
  const TempFolder folder;
  EXPECT_THAT(error_of([&] { read_text_file(folder.path()); }), HasSubstr("it is a folder"));
  EXPECT_THAT(error_of([&] { write_text_file(folder.path(), "x"); }), HasSubstr("it is a folder"));
}

TEST(TextFile, MoreThanTheLimitIsRefused) {
  const TempFolder folder;
  const std::string path = folder.write("x.txt", "12345");
  EXPECT_EQ(read_text_file(path, 5), "12345");
  EXPECT_THAT(error_of([&] { read_text_file(path, 4); }), HasSubstr("larger than 4 bytes"));
}

TEST(TextFile, AnEndlessDeviceIsRefused) {
  EXPECT_THAT(error_of([&] { read_text_file("/dev/zero", 1000); }), HasSubstr("larger than"));
}

TEST(TextFile, WritingIntoAMissingFolderIsAnError) {
  const TempFolder folder;
  EXPECT_THAT(error_of([&] { write_text_file(folder.path() + "/no/x.txt", "x"); }),
              HasSubstr("No such file or directory"));
}

TEST(TextFile, ADeviceIsWrittenToAndNotReplaced) {
  write_text_file("/dev/null", "x");
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
}

TEST(TextFile, AFullDiskIsAnError) {
  EXPECT_THAT(error_of([&] { write_text_file("/dev/full", "x"); }), HasSubstr("cannot write"));
}

TEST(TextFile, ALinkStaysALink) {
  const TempFolder folder;
  const std::string target = folder.write("target.txt", "old");
  const std::string link = folder / "link.txt";
  std::filesystem::create_symlink(target, link);
  write_text_file(link, "new");
  EXPECT_TRUE(std::filesystem::is_symlink(link));
  EXPECT_EQ(read_text_file(target), "new");
}

TEST(FilesIn, ListsByEndingSorted) {
  const TempFolder folder;
  folder.write("b.yaml", "");
  folder.write("a.yaml", "");
  folder.write("c.csv", "");
  folder.write("sub.yaml/d.yaml", "");
  EXPECT_THAT(files_in(folder.path(), ".yaml"), ElementsAre(folder / "a.yaml", folder / "b.yaml"));
  EXPECT_TRUE(files_in(folder.path() + "/none", ".yaml").empty());
}

}  // namespace
}  // namespace foretoken
