// Calibration and validation from the command line, on rows that the program's own law made: what
// was planted must come back.

#include <filesystem>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/csv_table.h"
#include "base/text_file.h"
#include "tests/cli/program.h"
#include "tests/cli/toy_data.h"
#include "tests/support/temp_folder.h"

namespace foretoken::test {
namespace {

constexpr const char* kHeader =
    "row_id,source,device,device_class,n_devices,parallelism,runtime,runtime_version,build_date,"
    "threads,model,weight_format,weight_bytes,kv_format,batch,context_start,gen_tokens,"
    "decode_tok_s,tpot_ms,prefill_tokens,memory_bytes,power_w,power_scope,energy_j_per_tok,"
    "flash_attention,label,notes\n";

/// 2 devices x 2 models x 3 formats x 2 contexts less what does not fit on the small device.
constexpr int kPlanted = 16;

/// Rows of both GPUs, two models, three formats and two contexts, where they fit, at the rates that
/// the toy coefficients give.
std::string planted_rows() {
  const ProgramRun run = run_program({"predict", "-m", "toy,toy-moe", "-d", "class:gpu", "-q",
                                      "T4,T8,F16", "-c", "0,2048", "-o", "json"},
                                     {.data = toy_data(), .out_path = "", .reader_leaves = false});
  std::string rows = kHeader;
  int number = 0;
  for (const auto& one : nlohmann::json::parse(run.out)) {
    if (!one["memory_bytes"]["fits"]) continue;  // nobody can have measured that
    rows += "r" + std::to_string(++number) + ",bench," + one["device"].get<std::string>() +
            ",gpu,1,,hammer,,,," + one["model"].get<std::string>() + "," +
            one["format"].get<std::string>() + ",,F16,1," +
            std::to_string(one["context_start"].get<int>()) + ",128," +
            std::to_string(one["tokens_per_second"]["point"].get<double>()) + ",,,,,,,,,\n";
  }
  return rows;
}

class Measured : public testing::Test {
 protected:
  void SetUp() override { rows_ = folder_.write("measurements/decode_toy.csv", planted_rows()); }
  ProgramRun run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--data", folder_.path()});
    return run_program(arguments, {.data = toy_data(), .out_path = "", .reader_leaves = false});
  }

  TempFolder folder_;
  std::string rows_;
};

TEST_F(Measured, AgainstReadsOutsideRowsAndFitsNothing) {
  const ProgramRun run = this->run({"validate", "--against", rows_, "-o", "json"});
  ASSERT_EQ(run.code, 0) << run.err;
  const auto card = nlohmann::json::parse(run.out);
  EXPECT_EQ(card["rows"], kPlanted);
  EXPECT_EQ(card["predicted"], kPlanted);
  EXPECT_TRUE(card["skipped"].empty());
  EXPECT_LT(card["mape"], 1e-4);
  EXPECT_EQ(card["coverage"]["90"], 1);
  EXPECT_EQ(card["groups"][0]["key"], "pool=hammer-pool");
  EXPECT_EQ(card["folds"], 0);
}

TEST_F(Measured, ARowThatCannotBePredictedIsSkippedWithItsReason) {
  const std::string path = folder_.write(
      "other.csv", std::string(kHeader) +
                       "a,bench,anvil-gpu,gpu,1,,hammer,,,,toy-9b,T4,,F16,1,0,128,100,,,,,,,,,\n"
                       "b,bench,anvil-gpu,gpu,1,,hammer,,,,toy-1b,T4,,F16,1,0,128,500,,,,,,,,,\n");
  const ProgramRun run = this->run({"validate", "--against", path, "-o", "json"});
  ASSERT_EQ(run.code, 0) << run.err;
  const auto card = nlohmann::json::parse(run.out);
  EXPECT_EQ(card["predicted"], 1);
  ASSERT_EQ(card["skipped"].size(), 1U);
  EXPECT_EQ(card["skipped"][0]["row_id"], "a");
  EXPECT_NE(card["skipped"][0]["reason"].get<std::string>().find("toy-9b"), std::string::npos);
}

TEST_F(Measured, CalibrationFindsWhatWasPlantedAndIsReproducible) {
  const std::string first = folder_ / "first.h5";
  const std::string second = folder_ / "second.h5";
  const ProgramRun run = this->run({"calibrate", "-o", first, "-j", "2"});
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_NE(run.out.find("hammer-pool"), std::string::npos) << run.out;
  ASSERT_EQ(this->run({"calibrate", "-o", second, "-j", "1"}).code, 0);
  EXPECT_EQ(read_text_file(first), read_text_file(second));

  // The new coefficients over the old: the same rows are met.
  std::filesystem::create_directories(folder_.path() + "/coefficients");
  std::filesystem::rename(first, folder_.path() + "/coefficients/new.h5");
  const ProgramRun check = this->run({"validate", "--against", rows_, "-o", "json"});
  ASSERT_EQ(check.code, 0) << check.err;
  EXPECT_LT(nlohmann::json::parse(check.out)["median_ape"], 0.03) << check.out;
}

TEST_F(Measured, LeavingOneOutRefitsEveryFold) {
  const ProgramRun run = this->run({"validate", "--leave-out", "model", "-o", "json"});
  ASSERT_EQ(run.code, 0) << run.err;
  const auto card = nlohmann::json::parse(run.out);
  EXPECT_EQ(card["leave_out"], "model");
  EXPECT_EQ(card["predicted"], kPlanted);
  EXPECT_GE(card["folds"], 2);
  const ProgramRun text = this->run({"validate", "--leave-out", "model"});
  EXPECT_TRUE(text.out.starts_with("each model left out in turn")) << text.out;
  EXPECT_NE(text.out.find("pool=hammer-pool"), std::string::npos) << text.out;
}

TEST_F(Measured, EveryPredictedRowCanBeWritten) {
  const std::string path = folder_ / "out.csv";
  const ProgramRun run = this->run({"validate", "--leave-out", "model", "--rows", path});
  ASSERT_EQ(run.code, 0) << run.err;
  const CsvTable rows = CsvTable::read(path);
  ASSERT_EQ(rows.rows(), static_cast<std::size_t>(kPlanted));
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    EXPECT_EQ(rows.cell(r, rows.column("fold")), "model");
    EXPECT_EQ(rows.cell(r, rows.column("clean")), "1");
    const double measured = rows.number(r, rows.column("measured_s")).value();
    const double predicted = rows.number(r, rows.column("predicted_s")).value();
    EXPECT_NEAR(predicted / measured - 1.0, rows.number(r, rows.column("error")).value(), 1e-4);
    EXPECT_GT(rows.number(r, rows.column("half_width_ln")).value(), 0.0);
  }
}

TEST_F(Measured, ABarThatIsNotKeptEndsWithOneAndIsNamed) {
  const auto with = [&](const std::string& bars) {
    const std::string path = folder_.write(
        "limits.yaml", "schema: 1\nsource: invented\ndevice:\n  hammer-pool: " + bars + "\n");
    return this->run({"validate", "--no-operators", "--limits", path});
  };
  const ProgramRun kept = with("{median: 50, p90: 50}");
  EXPECT_EQ(kept.code, 0) << kept.err;
  const ProgramRun broken = with("{median: 0.000001, p90: 50}");
  EXPECT_EQ(broken.code, 1) << broken.err;
  EXPECT_NE(broken.err.find("hammer-pool: median error"), std::string::npos) << broken.err;
  const ProgramRun faulty = with("{median: wide, p90: 50}");
  EXPECT_EQ(faulty.code, 3);
  EXPECT_NE(faulty.err.find("limits.yaml:4"), std::string::npos) << faulty.err;
}

TEST(Unmeasured, AFolderWithoutRowsIsBadInputAndWritesNothing) {
  const TempFolder folder;
  const std::string path = folder.path() + "/none.h5";
  const ProgramRun run = run_program({"calibrate", "-o", path},
                                     {.data = toy_data(), .out_path = "", .reader_leaves = false});
  EXPECT_EQ(run.code, 3);
  EXPECT_NE(run.err.find("no measured row in"), std::string::npos) << run.err;
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_EQ(
      run_program({"validate"}, {.data = toy_data(), .out_path = "", .reader_leaves = false}).code,
      3);
}

TEST(Against, FilesThatAreNoRowsEndWithThreeAndThePlace) {
  const TempFolder folder;
  const auto code_and_message = [&](const std::string& name, const std::string& text) {
    const ProgramRun run =
        run_program({"validate", "--against", folder.write(name, text)},
                    {.data = toy_data(), .out_path = "", .reader_leaves = false});
    return std::to_string(run.code) + " " + run.err;
  };
  const std::string ragged = code_and_message("ragged.csv", std::string(kHeader) + "a,b\n");
  EXPECT_TRUE(ragged.starts_with("3 ")) << ragged;
  EXPECT_NE(ragged.find("ragged.csv:2"), std::string::npos) << ragged;
  const std::string foreign = code_and_message("foreign.csv", "name,speed\nx,1\n");
  EXPECT_TRUE(foreign.starts_with("3 ")) << foreign;
  EXPECT_NE(foreign.find("foreign.csv"), std::string::npos) << foreign;
  const std::string number = code_and_message(
      "number.csv", std::string(kHeader) +
                        "a,bench,anvil-gpu,gpu,1,,hammer,,,,toy-1b,T4,,F16,1,0,128,nan,,,,,,,,,\n");
  EXPECT_TRUE(number.starts_with("3 ")) << number;
  EXPECT_NE(number.find("number.csv:2"), std::string::npos) << number;
}

}  // namespace
}  // namespace foretoken::test
