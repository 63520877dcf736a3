// `calibrate --add` from the command line, on rows that the program's own law made.

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/text_file.h"
#include "ops/coefficient_file.h"
#include "tests/cli/killed.h"
#include "tests/cli/program.h"
#include "tests/cli/toy_data.h"
#include "tests/support/temp_folder.h"

namespace foretoken::test {
namespace {

using ::testing::HasSubstr;

constexpr const char* kHeader =
    "row_id,source,device,runtime,model,weight_format,context_start,gen_tokens,build_date,"
    "decode_tok_s\n";

/// A data folder of the toy's with rows of one GPU at the rates that its coefficients give, fitted.
class AddRows : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TempFolder;
    std::filesystem::copy(toy_data(), data(), std::filesystem::copy_options::recursive);
    std::filesystem::create_directories(data() + "/measurements");
    write_text_file(data() + "/measurements/decode_toy.csv", rows_of("anvil-gpu", 1.0));
    std::filesystem::remove(data() + "/coefficients/toy.h5");
    ASSERT_EQ(run({"calibrate"}).code, 0);
  }
  static void TearDownTestSuite() {
    delete folder_;
    folder_ = nullptr;
  }
  static std::string data() { return folder_->path() + "/data"; }
  static std::string shipped() { return data() + "/coefficients/foretoken.h5"; }
  static ProgramRun run(const std::vector<std::string>& arguments) {
    return run_program(arguments, {.data = data(), .out_path = "", .reader_leaves = false});
  }
  /// Rows of a device at `speed` times the rates that the toy's coefficients give.
  static std::string rows_of(const std::string& device, double speed) {
    const ProgramRun predicted = run_program(
        {"predict", "-m", "toy,toy-moe", "-d", device, "-q", "T4,T8", "-c", "0,2048", "-o", "json"},
        {.data = toy_data(), .out_path = "", .reader_leaves = false});
    std::string rows = kHeader;
    int number = 0;
    for (const auto& one : nlohmann::json::parse(predicted.out)) {
      rows += device + std::to_string(++number) + ",bench," + device + ",hammer," +
              one["model"].get<std::string>() + "," + one["format"].get<std::string>() + "," +
              std::to_string(one["context_start"].get<int>()) + ",128,2026-01," +
              std::to_string(speed * one["tokens_per_second"]["point"].get<double>()) + "\n";
    }
    return rows;
  }
  static TempFolder* folder_;
};
TempFolder* AddRows::folder_ = nullptr;

TEST_F(AddRows, LearnsFromAStoreAndLeavesTheShippedFileAlone) {
  const TempFolder mine;
  const std::string before = read_text_file(shipped());
  const std::string csv = mine.write("rows.csv", rows_of("anvil-gpu-mini", 0.7));
  ASSERT_EQ(run({"import", csv, "-o", mine / "rows.h5"}).code, 0);
  const ProgramRun added =
      run({"calibrate", "--add", mine / "rows.h5", "--data", mine.path(), "-j", "2"});
  ASSERT_EQ(added.code, 0) << added.err;
  EXPECT_THAT(added.out, HasSubstr("pool hammer-pool, device anvil-gpu-mini: "));
  EXPECT_THAT(added.out, HasSubstr("median error of these rows "));
  EXPECT_THAT(added.out, HasSubstr("what would narrow them most, measured next:"));
  EXPECT_THAT(added.out, HasSubstr("hammer-bench -m toy"));
  EXPECT_THAT(added.out, HasSubstr("written to " + mine.path() + "/coefficients/foretoken.h5"));
  EXPECT_EQ(read_text_file(shipped()), before);

  // Predictions over the folder are closer to the rows than without it.
  const auto error = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"validate", "--against", csv, "-o", "json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return nlohmann::json::parse(run(arguments).out)["median_ape"].get<double>();
  };
  EXPECT_LT(error({"--data", mine.path()}), 0.5 * error({}));
}

TEST_F(AddRows, NeedsAPlaceToWriteTo) {
  const TempFolder mine;
  const std::string csv = mine.write("rows.csv", rows_of("anvil-gpu-mini", 0.7));
  const ProgramRun none = run({"calibrate", "--add", csv});
  EXPECT_EQ(none.code, 2);
  EXPECT_THAT(none.err, HasSubstr("--add needs -o FILE.h5, or --data DIR"));
  EXPECT_EQ(run({"calibrate", "-d", csv, "-o", mine / "x.h5"}).code, 2);
  EXPECT_EQ(run({"calibrate", "--add", csv, "-o", mine / "new/x.h5"}).code, 0);
  EXPECT_TRUE(std::filesystem::exists(mine / "new/x.h5"));
}

TEST_F(AddRows, ADeviceOfAFileIsEnough) {
  const TempFolder mine;
  std::string sheet = read_text_file(data() + "/devices/anvil-gpu.yaml");
  const auto replace = [&](const std::string& from, const std::string& to) {
    const auto at = sheet.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    sheet.replace(at, from.size(), to);
  };
  replace("id: anvil-gpu", "id: my-anvil");
  const auto line = sheet.find("aliases:");
  if (line != std::string::npos) sheet.erase(line, sheet.find('\n', line) - line + 1);
  const auto name = sheet.find("name:");
  sheet.replace(name, sheet.find('\n', name) - name, "name: \"My Anvil\"");
  const std::string file = mine.write("my-anvil.yaml", sheet);
  std::string rows = rows_of("anvil-gpu", 0.8);
  for (auto at = rows.find("anvil-gpu"); at != std::string::npos; at = rows.find("anvil-gpu")) {
    rows.replace(at, 9, "my-anvil");
  }
  const std::string csv = mine.write("rows.csv", rows);
  const ProgramRun unknown = run({"calibrate", "--add", csv, "-o", mine / "x.h5"});
  EXPECT_EQ(unknown.code, 1);
  EXPECT_THAT(unknown.out, HasSubstr("unknown device 'my-anvil'"));
  EXPECT_FALSE(std::filesystem::exists(mine / "x.h5"));
  const ProgramRun known = run({"calibrate", "--add", csv, "-d", file, "-o", mine / "x.h5"});
  EXPECT_EQ(known.code, 0) << known.err;
  EXPECT_THAT(known.out, HasSubstr("device my-anvil"));
}

TEST_F(AddRows, BadFilesEndWithThree) {
  const TempFolder mine;
  const std::string ragged = mine.write("ragged.csv", std::string(kHeader) + "a,b\n");
  const ProgramRun cut = run({"calibrate", "--add", ragged, "-o", mine / "x.h5"});
  EXPECT_EQ(cut.code, 3);
  EXPECT_THAT(cut.err, HasSubstr("ragged.csv:2"));
  EXPECT_EQ(run({"calibrate", "--add", mine / "none.h5", "-o", mine / "x.h5"}).code, 3);
}

TEST_F(AddRows, KilledAtAnyMomentTheOldFileIsWhole) {
  const TempFolder mine;
  const std::string csv = mine.write("rows.csv", rows_of("anvil-gpu-mini", 0.7));
  const std::string before = read_text_file(shipped());
  setenv("FORETOKEN_DATA", data().c_str(), 1);
  const auto start = std::chrono::steady_clock::now();
  ASSERT_EQ(run({"calibrate", "--add", csv, "-o", mine / "new.h5"}).code, 0);
  const auto whole = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - start);
  const std::string after = read_text_file(mine / "new.h5");
  const int tries = kill_tries(12);
  std::mt19937 random(1);
  int old = 0;
  for (int i = 0; i < tries; ++i) {
    mine.write("c.h5", before);
    std::uniform_int_distribution<std::int64_t> moment(0, whole.count());
    run_and_kill({"calibrate", "--add", csv, "-o", mine / "c.h5"},
                 std::chrono::microseconds(moment(random)));
    const std::string found = read_text_file(mine / "c.h5");
    if (found == before) ++old;
    EXPECT_TRUE(found == before || found == after) << "try " << i;
  }
  unsetenv("FORETOKEN_DATA");
  EXPECT_GT(old, 0);
  RecordProperty("left_old", old);
  RecordProperty("left_new", tries - old);
}

}  // namespace
}  // namespace foretoken::test
