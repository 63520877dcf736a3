// Memory, battery and heat from the command line, on rows that the program's own counts made.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/text_file.h"
#include "tests/cli/program.h"
#include "tests/cli/toy_data.h"
#include "tests/support/temp_folder.h"

namespace foretoken::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

ProgramRun run_toy(const std::vector<std::string>& arguments) {
  return run_program(arguments, {.data = toy_data(), .out_path = "", .reader_leaves = false});
}

/// Rows of one device that take 100 MB more than is counted beside the stated overhead.
class MeasuredMemory : public testing::Test {
 protected:
  void SetUp() override {
    const ProgramRun run = run_toy({"predict", "-m", "toy,toy-moe", "-d", "A1", "-q", "T4,T8,F16",
                                    "-c", "0,2048", "-o", "json"});
    std::string rows =
        "row_id,source,device,runtime,model,weight_format,context_start,gen_tokens,decode_tok_s,"
        "memory_bytes\n";
    int number = 0;
    for (const auto& one : json::parse(run.out)) {
      if (!one["memory_bytes"]["fits"]) continue;
      rows += "r" + std::to_string(++number) + ",bench," + one["device"].get<std::string>() +
              ",hammer," + one["model"].get<std::string>() + "," +
              one["format"].get<std::string>() + "," +
              std::to_string(one["context_start"].get<int>()) + ",128," +
              std::to_string(one["tokens_per_second"]["point"].get<double>()) + "," +
              std::to_string(one["memory_bytes"]["total"].get<double>() + 100e6) + "\n";
    }
    folder_.write("measurements/decode_toy.csv", rows);
    folder_.write("measurements/memory_kinds.csv",
                  "source,runtime,kind,why\nbench,*,device,a meter\n");
  }
  ProgramRun run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--data", folder_.path()});
    return run_toy(arguments);
  }
  TempFolder folder_;
};

TEST_F(MeasuredMemory, AFittedOverheadIsPartOfTheNextAnswer) {
  const std::vector<std::string> question{"predict", "-m", "toy", "-d", "A1", "-o", "json"};
  const auto before = json::parse(run(question).out)[0]["memory_bytes"];
  const ProgramRun fitted = run({"calibrate", "--memory"});
  ASSERT_EQ(fitted.code, 0) << fitted.err;
  const auto after = json::parse(run(question).out)[0]["memory_bytes"];
  EXPECT_EQ(before["overhead_rows"], 0);
  EXPECT_GT(after["overhead_rows"], 5);
  EXPECT_NEAR(after["total"].get<double>() - before["total"].get<double>(), 100e6, 10e6);
  EXPECT_LT(after["total_lo"], after["total"]);
  EXPECT_GT(after["total_hi"], after["total"]);
  EXPECT_EQ(after["weights"], before["weights"]);
}

TEST_F(MeasuredMemory, ValidationFindsWhatWasPlanted) {
  const ProgramRun run = this->run({"validate", "--memory", "-o", "json"});
  ASSERT_EQ(run.code, 0) << run.err;
  const json card = json::parse(run.out);
  EXPECT_EQ(card["leave_out"], "model");
  EXPECT_GT(card["all"]["rows"], 5);
  EXPECT_LT(card["all"]["median_ape"], 0.01);
  EXPECT_GT(card["ran"]["runs"], 5);
}

TEST(Memory, WithoutRowsThereIsNothingToFitOrValidate) {
  for (const char* command : {"calibrate", "validate"}) {
    const ProgramRun run = run_toy({command, "--memory"});
    EXPECT_EQ(run.code, 3) << command;
    EXPECT_THAT(run.err, HasSubstr("memory")) << command;
  }
  EXPECT_EQ(run_toy({"validate", "--memory", "--energy"}).code, 2);
  EXPECT_EQ(run_toy({"calibrate", "--memory", "--add", "x.csv"}).code, 2);
  EXPECT_EQ(run_toy({"validate", "--sustained"}).code, 3);
}

TEST(Battery, TokensAreTheBatteryOverTheJoulesOfAToken) {
  const ProgramRun run =
      run_toy({"predict", "-m", "toy", "-d", "A1", "--battery", "50", "-o", "json"});
  ASSERT_EQ(run.code, 0) << run.err;
  const json answer = json::parse(run.out)[0];
  const double joules = answer["energy_joules_per_token"]["point"].get<double>();
  EXPECT_NEAR(answer["tokens_per_charge"]["point"].get<double>(), 50 * 3600 / joules,
              1e-6 / joules);
  EXPECT_LT(answer["tokens_per_charge"]["lo"], answer["tokens_per_charge"]["point"]);
  EXPECT_THAT(run_toy({"predict", "-m", "toy", "-d", "A1", "--battery", "50"}).out,
              HasSubstr("from 50 Wh"));
  EXPECT_EQ(run_toy({"predict", "-m", "toy", "-d", "A1", "--battery", "0"}).code, 3);
  const json without =
      json::parse(run_toy({"predict", "-m", "toy", "-d", "A1", "-o", "json"}).out)[0];
  EXPECT_FALSE(without.contains("tokens_per_charge"));
}

}  // namespace
}  // namespace foretoken::test
