#include <algorithm>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/program.h"
#include "tests/cli/toy_data.h"

namespace foretoken::test {
namespace {

ProgramRun op(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "op");
  return run_program(arguments, {.data = toy_data(), .out_path = "", .reader_leaves = false});
}

nlohmann::json priced(std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"-o", "json"});
  const ProgramRun run = op(std::move(arguments));
  EXPECT_EQ(run.code, 0) << run.err;
  return nlohmann::json::parse(run.out, nullptr, false);
}

TEST(Op, AGemmsRoofsAreItsBytesAndFlopsOverTheDatasheet) {
  // 4000 x 5000 halves are 40 MB: 40 us at 1 TB/s; 2 * 8 * 20e6 operations: 3.2 us at 100 TFLOP/s.
  const auto json =
      priced({"gemm", "-d", "A1", "-M", "8", "-N", "4000", "-K", "5000", "-q", "F16"});
  EXPECT_EQ(json["bytes"]["weights"], 40000000);
  EXPECT_EQ(json["flops"], 320000000);
  double slowest = 0;
  for (const auto& roof : json["roofs"]) {
    const double seconds = roof["seconds"];
    slowest = std::max(slowest, seconds);
    if (roof["roof"] == "memory") {
      EXPECT_NEAR(roof["datasheet_seconds"].get<double>(), 40e-6, 1e-12);
      EXPECT_NEAR(seconds, 40e-6 / roof["value"].get<double>(), 1e-12);
      EXPECT_EQ(roof["coefficient"], "gemm.dram");
      EXPECT_EQ(roof["basis"], "this device");
    }
    if (roof["roof"] == "compute") {
      EXPECT_NEAR(roof["datasheet_seconds"].get<double>(), 3.2e-6, 1e-12);
      EXPECT_NEAR(seconds, 6.4e-6, 1e-12);
    }
    if (roof["roof"] == "core") {
      EXPECT_NEAR(roof["datasheet_seconds"].get<double>(), 400e-6, 1e-12);
    }
  }
  EXPECT_GE(json["seconds"]["point"].get<double>(), slowest);
  EXPECT_LT(json["seconds"]["lo"], json["seconds"]["point"]);
  EXPECT_LT(json["seconds"]["point"], json["seconds"]["hi"]);
}

TEST(Op, EveryKindHasAnAnswer) {
  const std::vector<std::vector<std::string>> kinds{
      {"gemm", "-N", "4096", "-K", "4096", "-q", "T4_0"},
      {"attention", "--heads", "32", "--kv-heads", "8", "--head-dim", "128", "--kv-len", "4096",
       "-b", "2"},
      {"moe", "-M", "4", "-N", "2048", "-K", "1024", "--experts", "16", "--experts-per-token", "2",
       "-q", "T4_0"},
      {"mla", "--heads", "16", "--kv-len", "1000"},
      {"recurrence", "--state", "100000"},
      {"norm", "-M", "1", "--hidden", "4096"},
      {"gather", "-M", "1", "--hidden", "4096"},
      {"allreduce", "--bytes", "65536", "--ranks", "4"},
  };
  for (std::vector<std::string> arguments : kinds) {
    const std::string kind = arguments.front();
    arguments.insert(arguments.end(), {"-d", "A1"});
    const auto json = priced(arguments);
    EXPECT_EQ(json["operator"], kind);
    EXPECT_TRUE(json["roofs"].is_array()) << kind;
    EXPECT_GE(json["seconds"]["point"], 0) << kind;
    const ProgramRun text = op(arguments);
    EXPECT_NE(text.out.find(kind + " on Anvil A1, Hammer"), std::string::npos) << text.out;
    EXPECT_NE(text.out.find("total"), std::string::npos) << text.out;
  }
}

TEST(Op, FaultsNameTheFlag) {
  const ProgramRun missing = op({"gemm", "-d", "A1", "-N", "4096", "-q", "F16"});
  EXPECT_EQ(missing.code, 2);
  EXPECT_NE(missing.err.find("-K (--inputs) is missing"), std::string::npos) << missing.err;
  const ProgramRun kind = op({"gem", "-d", "A1"});
  EXPECT_EQ(kind.code, 2);
  EXPECT_NE(kind.err.find("unknown operator 'gem'"), std::string::npos) << kind.err;
  EXPECT_NE(kind.err.find("did you mean 'gemm'?"), std::string::npos) << kind.err;
  const ProgramRun size = op({"gemm", "-d", "A1", "-N", "-3", "-K", "10", "-q", "F16"});
  EXPECT_EQ(size.code, 3);
  EXPECT_NE(size.err.find("-N (--outputs) must be a whole number from 1"), std::string::npos)
      << size.err;
  const ProgramRun mix = op({"gemm", "-d", "A1", "-N", "3", "-K", "10", "-q", "T4"});
  EXPECT_EQ(mix.code, 3);
  EXPECT_NE(mix.err.find("'T4' is a mix of number formats"), std::string::npos) << mix.err;
  const ProgramRun experts = op({"moe", "-d", "A1", "-N", "3", "-K", "10", "--experts", "4",
                                 "--experts-per-token", "5", "-q", "F16"});
  EXPECT_EQ(experts.code, 3);
  const ProgramRun heads = op({"attention", "-d", "A1", "--heads", "4", "--kv-heads", "8",
                               "--head-dim", "64", "--kv-len", "10"});
  EXPECT_EQ(heads.code, 3);
}

}  // namespace
}  // namespace foretoken::test
