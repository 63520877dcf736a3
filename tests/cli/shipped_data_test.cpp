// The product's own data through the real program: it is clean, and the questions of the README are
// answered.

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/program.h"

namespace foretoken::test {
namespace {

TEST(ShippedData, IsClean) {
  const ProgramRun run = run_program({"check-data", FORETOKEN_DATA_DIR});
  EXPECT_EQ(run.code, 0) << run.out << run.err;
}

TEST(ShippedData, IsFoundFromTheProgramsOwnPlace) {
  const ProgramRun run = run_program({"list", "devices", "-o", "json"});
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_GT(nlohmann::json::parse(run.out).size(), 250U);
}

TEST(ShippedData, AnswersTheFirstQuestions) {
  const std::vector<std::vector<std::string>> questions{
      {"predict", "-m", "llama-3.1-8b", "-d", "rtx 4090", "-q", "Q4_K_M", "-o", "json"},
      {"predict", "-m", "llama-3.1-8b", "-d", "m3 max", "-q", "Q4_K_M", "-o", "json"},
      {"predict", "-m", "qwen2.5-1.5b", "-d", "rk3588", "-q", "w8a8", "-o", "json"}};
  for (const auto& question : questions) {
    const ProgramRun run = run_program(question);
    ASSERT_EQ(run.code, 0) << run.err;
    const auto one = nlohmann::json::parse(run.out)[0];
    EXPECT_GT(one["tokens_per_second"]["point"], 1.0) << run.out;
    EXPECT_LT(one["tokens_per_second"]["point"], 1000.0) << run.out;
    EXPECT_LE(one["share_of_peak"], 1.0) << run.out;
    EXPECT_EQ(one["memory_bytes"]["fits"].is_boolean() || one["memory_bytes"]["fits"].is_null(),
              true);
  }
}

/// Every device has a usual runtime with a usual format, so that no question needs more than a
/// model and a device; those that have none are the exception and named.
TEST(ShippedData, EveryDeviceIsRankedForAModel) {
  const ProgramRun run = run_program({"predict", "-m", "llama-3.2-1b", "-d", "all", "-o", "json"});
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_GT(nlohmann::json::parse(run.out).size(), 280U) << run.err;
}

}  // namespace
}  // namespace foretoken::test
