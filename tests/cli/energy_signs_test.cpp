// Where intuition about energy is wrong: what rows measured, and that the shipped law says so too.

#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "calibrate/decode_csv.h"
#include "tests/cli/program.h"

namespace foretoken::test {
namespace {

using calibrate::DecodeRow;

DecodeRow measured(const std::string& file, const std::string& id) {
  const std::string path = std::string(FORETOKEN_DATA_DIR) + "/measurements/" + file;
  for (const DecodeRow& row : calibrate::read_decode_rows(path)) {
    if (row.row_id == id) return row;
  }
  ADD_FAILURE() << "no row " << id << " in " << file;
  return {};
}

double joules(const DecodeRow& row) {
  return row.joules_per_token ? *row.joules_per_token : *row.power_watts / *row.tokens_per_second;
}

nlohmann::json predicted(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "predict");
  arguments.insert(arguments.end(), {"-o", "json"});
  const ProgramRun run = run_program(arguments);
  EXPECT_EQ(run.code, 0) << run.err;
  return nlohmann::json::parse(run.out).at(0);
}

double predicted_joules(const std::vector<std::string>& arguments) {
  return predicted(arguments)["energy_joules_per_token"]["point"];
}

// Fewer bits move fewer bytes but cost more to unpack: on an M5 Pro Q4_0 takes less than Q2_K and
// Q3_K_M, and 16 bit less than Q5_K_M.
TEST(EnergySigns, FewerBitsCanCostMoreJoulesOnAnM5Pro) {
  std::map<std::string, double> row;
  std::map<std::string, double> law;
  for (const std::string format : {"Q2_K", "Q3_K_M", "Q4_0", "Q5_K_M", "F16"}) {
    row[format] = joules(measured("decode_apple.csv", "splcd-m5pro-" + format + "-chip"));
    law[format] = predicted_joules({"-m", "qwen2.5-1.5b", "-d", "apple-m5-pro-gpu-unspecified",
                                    "-q", format, "--scope", "chip"});
  }
  for (const auto& joules : {row, law}) {
    EXPECT_LT(joules.at("Q4_0"), joules.at("Q2_K"));
    EXPECT_LT(joules.at("Q4_0"), joules.at("Q3_K_M"));
    EXPECT_LT(joules.at("F16"), joules.at("Q5_K_M"));
  }
}

// Neither the slowest nor the fastest power mode of a Jetson takes the least for a token.
TEST(EnergySigns, AMiddlePowerModeTakesTheLeastOnAJetson) {
  const auto row = [](const std::string& mode) {
    return joules(measured("decode_cuda.csv", "smj-qwen2.5-0.5b-llama.cpp-cuda-" + mode));
  };
  EXPECT_LT(row("15W"), row("7W"));
  EXPECT_LT(row("15W"), row("MAXN_SUPER"));
  const auto law = [](const std::vector<std::string>& mode) {
    std::vector<std::string> question{"-m", "qwen2.5-0.5b", "-d",      "orin nano super",
                                      "-q", "Q4_K_M",       "--scope", "rails"};
    for (const std::string& change : mode) question.insert(question.end(), {"--set", change});
    return predicted_joules(question);
  };
  const double middle = law({"clock=612 MHz", "memory.rate=4266 MT/s", "power.tdp=15 W"});
  EXPECT_LT(middle, law({"cores=4", "clock=408 MHz", "memory.rate=4266 MT/s", "power.tdp=7 W"}));
  EXPECT_LT(middle, law({}));
}

// Bandwidth over rated power says that a laptop decodes a token for fewer joules than a data-centre
// GPU. Measured with one model it takes more, since the GPU serves many sequences at once, and
// neither draws its rated power.
TEST(EnergySigns, ALocalTokenCostsMoreThanAServedOne) {
  const double laptop = joules(measured("decode_apple.csv", "tsp-9"));
  const DecodeRow served = measured("decode_serving.csv", "mle3-lm-arena-chat-262");
  EXPECT_GT(laptop, 1.4 * joules(served));
  EXPECT_LT(*served.power_watts, 1000.0);

  const double law_laptop = predicted_joules(
      {"-m", "qwen3-30b-a3b", "-d", "apple-m4-max-gpu-32", "-q", "Q4_K_M", "--scope", "chip"});
  const auto law_served = predicted({"-m", "qwen3-30b-a3b", "-d", "nvidia-b200-sxm-180gb", "-q",
                                     "bf16", "-b", "64", "-c", "634", "--runtime", "vllm"});
  EXPECT_GT(law_laptop, 1.4 * law_served["energy_joules_per_token"]["point"].get<double>());
  EXPECT_LT(law_served["power_watts"]["point"], 800.0);
}

}  // namespace
}  // namespace foretoken::test
