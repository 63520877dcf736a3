#include "app/console.h"

#include <gtest/gtest.h>

#include "base/text_file.h"
#include "tests/support/temp_folder.h"
#include "tests/support/thrown.h"

namespace foretoken::app {
namespace {

struct File {
  explicit File(const std::string& path, const char* mode)
      : stream(std::fopen(path.c_str(), mode)) {}
  ~File() { std::fclose(stream); }
  std::FILE* stream;
};

TEST(Console, ResultsAndNotesGoToTheirOwnStreams) {
  const test::TempFolder folder;
  {
    const File out(folder / "out", "w");
    const File err(folder / "err", "w");
    Console console(out.stream, err.stream, false);
    console.print("result\n");
    console.note("a note");
    console.progress("folds", 1, 2);
    console.finish();
  }
  EXPECT_EQ(read_text_file(folder / "out"), "result\n");
  EXPECT_EQ(read_text_file(folder / "err"), "a note\n");
}

TEST(Console, ProgressIsShownToAPersonAndErased) {
  const test::TempFolder folder;
  {
    const File err(folder / "err", "w");
    Console console(err.stream, err.stream, true);
    console.progress("folds refitted", 1, 2);
    console.end_progress();
  }
  EXPECT_EQ(read_text_file(folder / "err"), "\rfolds refitted: 1 of 2\x1b[K\r\x1b[K");
}

TEST(Console, AFullDiskIsAnError) {
  const File full("/dev/full", "w");
  Console console(full.stream, stderr, false);
  console.print("result\n");
  EXPECT_EQ(test::error_of([&] { console.finish(); }),
            "cannot write to standard output: No space left on device");
}

}  // namespace
}  // namespace foretoken::app
