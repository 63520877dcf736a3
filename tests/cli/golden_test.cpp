// Did any output change? Each case runs the program on the invented data and compares what it says
// with tests/golden/<name>.txt. UPDATE_GOLDEN=1 rewrites the files; the difference is then reviewed
// with its reason.

#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>

#include "base/text_file.h"
#include "tests/cli/program.h"
#include "tests/cli/toy_data.h"

namespace foretoken::test {
namespace {

struct Case {
  const char* name;
  std::vector<std::string> arguments;
};

void PrintTo(const Case& golden, std::ostream* out) { *out << golden.name; }

class Golden : public testing::TestWithParam<Case> {};

/// Folders of this machine have no place in a golden file.
std::string without_folder(std::string text) {
  const std::string& folder = toy_data();
  for (auto at = text.find(folder); at != std::string::npos; at = text.find(folder)) {
    text.replace(at, folder.size(), "DATA");
  }
  return text;
}

TEST_P(Golden, SaysWhatItSaid) {
  const ProgramRun run = run_program(GetParam().arguments,
                                     {.data = toy_data(), .out_path = "", .reader_leaves = false});
  const std::string said =
      without_folder(run.out + (run.err.empty() ? "" : "--- stderr\n" + run.err));
  const std::string path = std::string(FORETOKEN_TESTS_DIR "/golden/") + GetParam().name + ".txt";
  if (const char* update = std::getenv("UPDATE_GOLDEN"); update != nullptr && *update == '1') {
    write_text_file(path, said);
    return;
  }
  ASSERT_TRUE(std::filesystem::exists(path)) << path << " is missing; UPDATE_GOLDEN=1 writes it";
  EXPECT_EQ(said, read_text_file(path));
}

INSTANTIATE_TEST_SUITE_P(
    Outputs, Golden,
    testing::Values(
        Case{"predict_text", {"predict", "-m", "toy", "-d", "A1"}},
        Case{"predict_ops", {"predict", "-m", "toy", "-d", "A1", "--ops", "-c", "4096", "-b", "4"}},
        Case{"predict_moe",
             {"predict", "-m", "toy-moe", "-d", "A1", "-q", "F16", "--tp", "2", "--ops"}},
        Case{"predict_npu", {"predict", "-m", "toy", "-d", "N1"}},
        Case{"predict_does_not_fit",
             {"predict", "-m", "toy", "-d", "A1 mini", "-q", "F16", "-c", "9000"}},
        Case{"predict_table", {"predict", "-m", "toy", "-d", "all", "-q", "T4,F16"}},
        Case{"predict_markdown", {"predict", "-m", "toy,toy-moe", "-d", "class:gpu", "-o", "md"}},
        Case{"predict_csv", {"predict", "-m", "toy", "-d", "all", "-o", "csv"}},
        Case{"predict_json", {"predict", "-m", "toy", "-d", "N1", "-o", "json", "--ops"}},
        Case{"predict_changed",
             {"predict", "-m", "toy", "-d", "A1", "--set", "memory.bandwidth*=1.25"}},
        Case{"predict_clock", {"predict", "-m", "toy", "-d", "A1", "--clock", "400MHz"}},
        Case{"predict_clocks",
             {"predict", "-m", "toy", "-d", "A1", "--clock", "500MHz,1.0 GHz,9GHz"}},
        Case{"tradeoff_text", {"tradeoff", "-m", "toy", "-d", "A1", "-q", "T4,F16,T8"}},
        Case{"tradeoff_csv", {"tradeoff", "-m", "toy", "-d", "A1", "-q", "T4,F16", "-o", "csv"}},
        Case{"tradeoff_json",
             {"tradeoff", "-m", "toy", "-d", "A1", "-q", "T4,F16", "--max-loss", "1%", "-o",
              "json"}},
        Case{"tradeoff_best",
             {"tradeoff", "-m", "toy", "-d", "A1", "-q", "T4,F16", "--max-loss", "3%", "--best",
              "smallest"}},
        Case{"tradeoff_none",
             {"tradeoff", "-m", "toy", "-d", "A1", "-q", "T4", "--max-loss", "0.1%", "--best",
              "fastest"}},
        Case{"op_gemm",
             {"op", "gemm", "-d", "A1", "-M", "8", "-N", "4096", "-K", "4096", "-q", "T4_0"}},
        Case{"op_attention",
             {"op", "attention", "-d", "A1", "--heads", "32", "--kv-heads", "8", "--head-dim",
              "128", "--kv-len", "4096"}},
        Case{"list_models", {"list", "models"}}, Case{"list_devices", {"list", "devices"}},
        Case{"list_formats", {"list", "formats"}}, Case{"list_runtimes", {"list", "runtimes"}},
        Case{"show_device", {"show", "A1"}}, Case{"show_model", {"show", "toy-moe"}},
        Case{"show_runtime", {"show", "ripple"}}, Case{"help", {"help"}},
        Case{"help_predict", {"predict", "--help"}}, Case{"help_op", {"op", "--help"}},
        Case{"help_tradeoff", {"tradeoff", "--help"}},
        Case{"help_calibrate", {"calibrate", "--help"}},
        Case{"help_compare", {"compare", "--help"}}, Case{"help_probe", {"probe", "--help"}}),
    [](const testing::TestParamInfo<Case>& tested) { return tested.param.name; });

}  // namespace
}  // namespace foretoken::test
