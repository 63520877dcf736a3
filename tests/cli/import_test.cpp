#include <chrono>
#include <cstdint>
#include <filesystem>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text_file.h"
#include "calibrate/row_store.h"
#include "tests/cli/killed.h"
#include "tests/cli/program.h"
#include "tests/support/temp_folder.h"

namespace foretoken::test {
namespace {

using ::testing::HasSubstr;

const std::string kSamples = std::string(FORETOKEN_TESTS_DIR) + "/calibrate/imports/";

ProgramRun import(const std::string& file, const std::string& store) {
  return run_program({"import", file, "-d", "Ryzen 9 7950X", "-o", store});
}

TEST(ImportCommand, TellsWhatBecameOfEveryRow) {
  const TempFolder folder;
  const ProgramRun first = import(kSamples + "llama-bench.json", folder / "s.h5");
  EXPECT_EQ(first.code, 0);
  EXPECT_THAT(first.out, HasSubstr("llama-bench json, 6 rows"));
  EXPECT_THAT(first.out, HasSubstr("2  used: decode"));
  EXPECT_THAT(first.out, HasSubstr("2  not a decode row: prompt processing (pp)"));
  EXPECT_THAT(first.out, HasSubstr("2  combined figure: combined test (pp+tg)"));
  EXPECT_THAT(first.out, HasSubstr("2 rows added to"));
  const std::string store = read_text_file(folder / "s.h5");
  const ProgramRun again = import(kSamples + "llama-bench.json", folder / "s.h5");
  EXPECT_EQ(again.code, 0);
  EXPECT_THAT(again.out, HasSubstr("2  duplicate"));
  EXPECT_EQ(read_text_file(folder / "s.h5"), store);
}

TEST(ImportCommand, WithoutARowThatCanBeUsedItFails) {
  const TempFolder folder;
  const ProgramRun run =
      run_program({"import", kSamples + "test-backend-ops-perf.csv", "-o", folder / "s.h5"});
  EXPECT_EQ(run.code, 1);
  EXPECT_THAT(run.out, HasSubstr("20  no figure: csv of test-backend-ops carries no times"));
  EXPECT_FALSE(std::filesystem::exists(folder / "s.h5"));
}

TEST(ImportCommand, ABadFileLeavesTheStoreAlone) {
  const TempFolder folder;
  import(kSamples + "llama-bench.json", folder / "s.h5");
  const std::string store = read_text_file(folder / "s.h5");
  const std::string cut = folder.write("cut.jsonl", "{\"n_gen\": 1,\n");
  const ProgramRun run = run_program(
      {"import", kSamples + "llama-bench.csv", cut, "-d", "Ryzen 9 7950X", "-o", folder / "s.h5"});
  EXPECT_EQ(run.code, 3);
  EXPECT_THAT(run.err, HasSubstr("cut.jsonl:1: the object that starts here never ends"));
  EXPECT_EQ(read_text_file(folder / "s.h5"), store);
  EXPECT_EQ(run_program({"import", cut}).code, 2);
  EXPECT_EQ(run_program({"import", "-o", folder / "s.h5"}).code, 2);
  EXPECT_EQ(run_program({"import", cut, "-o", cut}).code, 3);
}

TEST(ExportCommand, StoreToCsvToStoreIsExact) {
  const TempFolder folder;
  import(kSamples + "llama-bench.json", folder / "a.h5");
  import(kSamples + "test-backend-ops-perf.sql", folder / "a.h5");
  ASSERT_EQ(run_program(
                {"export", folder / "a.h5", "-o", folder / "d.csv", "--kernels", folder / "k.csv"})
                .code,
            0);
  const ProgramRun back =
      run_program({"import", folder / "d.csv", folder / "k.csv", "-o", folder / "b.h5"});
  EXPECT_EQ(back.code, 0) << back.err;
  EXPECT_EQ(read_text_file(folder / "a.h5"), read_text_file(folder / "b.h5"));
  const ProgramRun shown = run_program({"export", folder / "a.h5"});
  EXPECT_EQ(shown.out, read_text_file(folder / "d.csv"));
  EXPECT_THAT(shown.err, HasSubstr("20 operator rows not written"));
}

TEST(ValidateCommand, TakesAStore) {
  const TempFolder folder;
  import(kSamples + "llama-bench.json", folder / "s.h5");
  run_program({"export", folder / "s.h5", "-o", folder / "d.csv"});
  const ProgramRun store = run_program({"validate", "--against", folder / "s.h5"});
  const ProgramRun csv = run_program({"validate", "--against", folder / "d.csv"});
  EXPECT_EQ(store.code, csv.code);
  EXPECT_EQ(store.out, csv.out);
}

TEST(ImportCommand, KilledAtAnyMomentItLeavesAWholeStore) {
  const TempFolder folder;
  const std::string rows = std::string(FORETOKEN_DATA_DIR) + "/measurements/decode_npu.csv";
  import(kSamples + "llama-bench.json", folder / "old.h5");
  const std::string before = read_text_file(folder / "old.h5");
  folder.write("new.h5", before);
  const auto start = std::chrono::steady_clock::now();
  ASSERT_EQ(run_program({"import", rows, "-o", folder / "new.h5"}).code, 0);
  const auto whole = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - start);
  const std::size_t after = calibrate::read_row_store(folder / "new.h5").size();
  std::mt19937 random(1);
  const int tries = kill_tries(12);
  int old = 0;
  for (int i = 0; i < tries; ++i) {
    folder.write("s.h5", before);
    // Every other one about the end, when the store is written.
    std::uniform_int_distribution<std::int64_t> moment(i % 2 == 0 ? 0 : whole.count() / 2,
                                                       whole.count());
    run_and_kill({"import", rows, "-o", folder / "s.h5"},
                 std::chrono::microseconds(moment(random)));
    const std::string store = read_text_file(folder / "s.h5");
    if (store == before) {
      ++old;
      continue;
    }
    // The day of the import may have changed: rows, not bytes.
    EXPECT_EQ(calibrate::read_row_store(folder / "s.h5").size(), after) << "try " << i;
  }
  EXPECT_GT(old, 0);
  RecordProperty("left_old", old);
  RecordProperty("left_new", tries - old);
}

}  // namespace
}  // namespace foretoken::test
