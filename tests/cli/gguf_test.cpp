// GGUF files through the real program.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "model/llm_yaml.h"
#include "tests/cli/program.h"
#include "tests/support/gguf_of_llm.h"
#include "tests/support/temp_folder.h"

namespace foretoken::test {
namespace {

using testing::HasSubstr;

const std::string kData = FORETOKEN_DATA_DIR;

/// A shipped model in a preset as a file of it.
void save(const std::string& id, const std::string& scheme, const GgufKind& kind,
          const std::string& path) {
  static const FormatTable table = FormatTable::read(kData + "/formats");
  static const auto schemes = model::SchemeTable::read(kData + "/formats/schemes", table);
  const model::Llm llm = model::read_llm(kData + "/models/" + id + ".yaml");
  gguf_of(llm, schemes.assign(scheme, llm, table), table, kind).save(path);
}

/// The answer without what names the model.
nlohmann::json numbers_of(std::vector<std::string> question) {
  question.insert(question.begin(), {"predict", "-d", "rtx 4090,m3 max", "-c", "1000", "--ops"});
  question.insert(question.end(), {"-o", "json"});
  const ProgramRun run = run_program(question);
  EXPECT_EQ(run.code, 0) << run.err;
  nlohmann::json all = nlohmann::json::parse(run.out, nullptr, false);
  for (auto& one : all) {
    for (const char* key : {"model", "weight_file", "check_command"}) one.erase(key);
  }
  return all;
}

TEST(Gguf, APresetsFileIsPredictedToTheBitLikeThePreset) {
  struct Case {
    const char* id;
    const char* scheme;
    GgufKind kind;
  };
  const Case cases[] = {{"llama-3.1-8b", "Q4_K_M", {"llama", 15}},
                        {"qwen2.5-7b", "Q8_0", {"qwen2", 7}},
                        {"gemma-3-4b", "Q4_K_M", {"gemma3", 15}},
                        {"qwen3-30b-a3b", "Q4_K_S", {"qwen3moe", 14}},
                        {"deepseek-v2-lite", "Q4_K_M", {"deepseek2", 15}},
                        {"falcon-h1-0.5b", "Q6_K", {"falcon-h1", 18}},
                        {"qwen3-next-80b-a3b", "IQ4_XS", {"qwen3next", 30}},
                        {"rwkv7-1.5b", "F16", {"rwkv7", 1}}};
  const TempFolder folder;
  for (const Case& c : cases) {
    const std::string path = folder / (std::string(c.id) + "-" + c.scheme + ".gguf");
    save(c.id, c.scheme, c.kind, path);
    EXPECT_EQ(numbers_of({"-m", path}), numbers_of({"-m", c.id, "-q", c.scheme})) << c.id;
    std::filesystem::remove(path);
  }
}

TEST(Gguf, TheAnswerNamesTheFileAndItsFormat) {
  const TempFolder folder;
  const std::string path = folder / "my model.gguf";
  save("llama-3.2-1b", "Q4_K_M", {"llama", 15}, path);
  const ProgramRun text = run_program({"predict", "-m", path, "-d", "rtx 4090"});
  EXPECT_EQ(text.code, 0) << text.err;
  EXPECT_THAT(text.out, HasSubstr("meta-llama/Llama-3.2-1B Q4_K_M (per tensor) on "));
  EXPECT_THAT(text.out, HasSubstr("llama-bench -m '" + path + "' -ngl 99"));
  const ProgramRun json = run_program({"predict", "-m", path, "-d", "rtx 4090", "-o", "json"});
  const auto one = nlohmann::json::parse(json.out)[0];
  EXPECT_EQ(one["format"], "Q4_K_M");
  EXPECT_EQ(one["weight_file"], path);
  EXPECT_EQ(one["default_format"], false);
  const ProgramRun shown = run_program({"show", path});
  EXPECT_EQ(shown.code, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("weight file " + path));
  EXPECT_THAT(shown.out, HasSubstr("Q4_K_M (per tensor)"));
  EXPECT_THAT(shown.out, HasSubstr("attention 32 heads, 8 kv heads of 64"));
}

/// What `compare` predicts for a measured rate of that model, and whether it was inside.
nlohmann::json compared(const std::string& run, std::vector<std::string> more) {
  std::vector<std::string> question{"compare", run, "-d", "rtx 4090", "-o", "json"};
  question.insert(question.end(), more.begin(), more.end());
  const ProgramRun answer = run_program(question);
  EXPECT_THAT(answer.code, testing::AnyOf(0, 1)) << answer.err;
  return nlohmann::json::parse(answer.out, nullptr, false);
}

// The run names a model that nobody knows: what it ran is told by the file alone, whether its name
// is the catalogue's or not.
TEST(Gguf, ARunIsComparedWithThePredictionForTheFile) {
  const TempFolder folder;
  const std::string run = folder.write(
      "run.json",
      R"({"n_prompt":0,"n_gen":128,"avg_ts":400,"backends":"CUDA","n_gpu_layers":99,)"
      R"("gpu_info":"NVIDIA GeForce RTX 4090","model_type":"nobody's","model_filename":"/x/y.gguf",)"
      R"("test_time":"2026-01-05T10:00:00Z"})");
  const auto preset = compared(run, {"-m", "llama-3.2-1b", "-q", "Q4_K_M"});
  const auto other = compared(run, {"-m", "llama-3.2-1b", "-q", "Q8_0"});
  const auto rate = [](const nlohmann::json& answer) {
    return answer["tests"].at(0)["predicted_tokens_per_second"];
  };
  EXPECT_NE(rate(preset), rate(other));
  for (const char* name : {"Llama-3.2-1B-Q4_K_M.gguf", "finetune-of-mine.gguf"}) {
    save("llama-3.2-1b", "Q4_K_M", {"llama", 15}, folder / name);
    const auto file = compared(run, {"-m", folder / name});
    ASSERT_EQ(file["tests"].size(), 1U) << name;
    EXPECT_EQ(rate(file), rate(preset)) << name;
    EXPECT_EQ(file["tests"][0]["measured_tokens_per_second"], 400) << name;
  }
  const ProgramRun none = run_program({"compare", run, "-m", folder / "none.gguf"});
  EXPECT_EQ(none.code, 3);
  EXPECT_THAT(none.err, HasSubstr("no such file"));
}

TEST(Gguf, AnotherFormatThanTheFilesOwnIsAnError) {
  const TempFolder folder;
  const std::string path = folder / "x.gguf";
  save("llama-3.2-1b", "Q4_K_M", {"llama", 15}, path);
  EXPECT_EQ(run_program({"predict", "-m", path, "-d", "rtx 4090", "-q", "q4_k_m"}).code, 0);
  const ProgramRun run = run_program({"predict", "-m", path, "-d", "rtx 4090", "-q", "Q8_0"});
  EXPECT_EQ(run.code, 3);
  EXPECT_THAT(run.err, HasSubstr("-q Q8_0: the weights of '" + path +
                                 "' are Q4_K_M, tensor by tensor as the file has them; leave -q "
                                 "out, or name the model instead of a file of it"));
}

TEST(Gguf, ABadFileEndsWithItsPlaceAndCodeThree) {
  const TempFolder folder;
  const std::string path = folder / "x.gguf";
  const auto expect = [&](const std::string& message) {
    for (const char* command : {"predict", "show"}) {
      std::vector<std::string> question{command};
      if (question[0] == "predict") question.insert(question.end(), {"-d", "rtx 4090", "-m"});
      question.push_back(path);
      const ProgramRun run = run_program(question);
      EXPECT_EQ(run.code, 3) << command;
      EXPECT_THAT(run.err, HasSubstr(path + ": " + message)) << command;
    }
  };
  folder.write("x.gguf", "GGUF\1");
  expect("byte 4: the file ends at byte 5, inside the version; expected 4 bytes more");
  GgufWriter file;
  file.text("general.architecture", "brain");
  file.save(path);
  expect("architecture 'brain' is not known");
  EXPECT_EQ(run_program({"predict", "-m", folder / "none.gguf", "-d", "rtx 4090"}).code, 3);
}

}  // namespace
}  // namespace foretoken::test
