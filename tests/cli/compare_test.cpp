// A measured run beside its prediction, through the real program.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/csv_table.h"
#include "tests/cli/program.h"
#include "tests/cli/toy_data.h"
#include "tests/support/temp_folder.h"

namespace foretoken::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kHeader =
    "row_id,device,runtime,model,weight_format,context_start,gen_tokens,build_date,decode_tok_s\n";

ProgramRun toy(std::vector<std::string> arguments) {
  return run_program(arguments, {.data = toy_data(), .out_path = "", .reader_leaves = false});
}

std::string run_of(const TempFolder& folder, const std::string& rates) {
  return folder.write("run.csv", kHeader + rates);
}

TEST(CompareCommand, SaysHowMuchIsReachedAndWhereTheTimeGoes) {
  const TempFolder folder;
  const std::string run = run_of(folder, "a,A1,hammer,toy-1b,T4,0,128,2026-01,400\n");
  const ProgramRun compared = toy({"compare", run});
  EXPECT_EQ(compared.code, 0) << compared.err;
  EXPECT_THAT(compared.out, HasSubstr("You get 74 % of the predicted 540 t/s, inside the 90 % "
                                      "interval (350..640); launches and small operators take "
                                      "0.98 of the predicted 1.9 ms."));
}

TEST(CompareCommand, OutsideEndsWithOne) {
  const TempFolder folder;
  const std::string run = run_of(folder,
                                 "a,A1,hammer,toy-1b,T4,0,128,2026-01,40\n"
                                 "b,A1,hammer,toy-1b,T4,2048,128,2026-01,40\n");
  const ProgramRun compared = toy({"compare", run});
  EXPECT_EQ(compared.code, 1);
  EXPECT_THAT(compared.out, HasSubstr("2 of them lie outside"));
  EXPECT_THAT(compared.out, HasSubstr("the run is not as predicted"));
  EXPECT_THAT(compared.out, HasSubstr("- "));  // a hint
}

TEST(CompareCommand, SpeaksToPrograms) {
  const TempFolder folder;
  const std::string run = run_of(folder, "a,A1,hammer,toy-1b,T4,0,128,2026-01,400\n");
  const auto json = nlohmann::json::parse(toy({"compare", run, "-o", "json"}).out);
  EXPECT_EQ(json["tests"].size(), 1U);
  EXPECT_EQ(json["tests"][0]["measured_tokens_per_second"], 400);
  EXPECT_TRUE(json["inside"]);
  EXPECT_THAT(json["sentence"].get<std::string>(), StartsWith("You get 74 %"));
  const CsvTable csv = CsvTable::parse(toy({"compare", run, "-o", "csv"}).out, "out");
  ASSERT_EQ(csv.rows(), 1U);
  EXPECT_EQ(csv.cell(0, csv.column("row_id")), "a");
  EXPECT_EQ(csv.cell(0, csv.column("inside")), "1");
  EXPECT_THAT(toy({"compare", run, "-o", "md"}).out, HasSubstr("| test |"));
}

TEST(CompareCommand, TakesAStoreAndPicksTheDevice) {
  const TempFolder folder;
  const std::string run = run_of(folder,
                                 "a,A1,hammer,toy-1b,T4,0,128,2026-01,400\n"
                                 "b,A1 mini,hammer,toy-1b,T4,0,128,2026-01,1\n");
  ASSERT_EQ(toy({"import", run, "-o", folder / "s.h5"}).code, 0);
  EXPECT_EQ(toy({"compare", folder / "s.h5"}).code, 1);
  EXPECT_EQ(toy({"compare", folder / "s.h5", "-d", "A1"}).code, 0);
  EXPECT_EQ(toy({"compare", folder / "s.h5", "-d", "A1 mini"}).code, 1);
}

TEST(CompareCommand, NothingToCompareEndsWithOneAndTheReason) {
  const TempFolder folder;
  const ProgramRun none = toy({"compare", run_of(folder, "a,A1,hammer,toy-9b,T4,0,128,,400\n")});
  EXPECT_EQ(none.code, 1);
  EXPECT_THAT(none.out, HasSubstr("unknown model 'toy-9b'"));
  EXPECT_THAT(none.out, HasSubstr("Nothing of the run can be compared."));
}

TEST(CompareCommand, BadInputEndsWithThreeAndUsageWithTwo) {
  const TempFolder folder;
  const std::string run = run_of(folder, "a,A1,hammer,toy-1b,T4,0,128,2026-01,400\n");
  EXPECT_EQ(toy({"compare"}).code, 2);
  EXPECT_EQ(toy({"compare", run, "-o", "xml"}).code, 2);
  EXPECT_EQ(toy({"compare", folder / "none.json"}).code, 3);
  const ProgramRun device = toy({"compare", run, "-d", "A9"});
  EXPECT_EQ(device.code, 3);
  EXPECT_THAT(device.err, HasSubstr("'A9'"));
  const ProgramRun cut = toy({"compare", folder.write("cut.jsonl", "{\"n_gen\": 1,\n")});
  EXPECT_EQ(cut.code, 3);
  EXPECT_THAT(cut.err, HasSubstr("cut.jsonl:1"));
}

// Every file that people's tools wrote is taken, whole.
TEST(CompareCommand, TakesTheOutputsOfTools) {
  const std::string samples = std::string(FORETOKEN_TESTS_DIR) + "/calibrate/imports/";
  for (const char* file :
       {"llama-bench.json", "llama-bench.jsonl", "llama-bench.csv", "llama-bench.sql",
        "llama-bench.md", "llama-batched-bench.jsonl", "llama-batched-bench.md",
        "test-backend-ops-perf.console", "test-backend-ops-perf.sql", "ollama-verbose.txt",
        "ollama-api.jsonl", "llama-cli.log"}) {
    const bool of_a_gpu = file == std::string("llama-cli.log");
    const std::string device = of_a_gpu ? "nvidia-rtx-3090" : "amd-ryzen-9-7950x";
    const ProgramRun run = run_program({"compare", samples + file, "-d", device, "-m",
                                        "tinyllama-1.1b", "-q", "Q4_0", "-o", "json"});
    ASSERT_TRUE(run.code == 0 || run.code == 1) << file << run.err;
    const auto json = nlohmann::json::parse(run.out);
    EXPECT_GT(json["tests"].size() + json["operators"].size(), 0U) << file;
    for (const auto& test : json["tests"]) {
      EXPECT_GT(test["predicted_tokens_per_second"]["lo"].get<double>(), 0.0) << file;
      EXPECT_EQ(test["device"], device);
    }
  }
}

}  // namespace
}  // namespace foretoken::test
