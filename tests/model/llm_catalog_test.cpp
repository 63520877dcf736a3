#include "model/llm_catalog.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace foretoken::model {
namespace {

const std::string kModels = std::string(FORETOKEN_DATA_DIR) + "/models";

const LlmCatalog& catalog() {
  static const LlmCatalog all = LlmCatalog::read({kModels});
  return all;
}

std::string id_of(const std::string& name) {
  const Llm* llm = catalog().known(name);
  return llm == nullptr ? "" : llm->id;
}

TEST(LlmCatalog, FindsAModelByEveryKindOfName) {
  EXPECT_EQ(catalog().all().size(), 204U);
  EXPECT_EQ(id_of("llama-3.1-8b"), "llama-3.1-8b");
  EXPECT_EQ(id_of("meta-llama/Llama-3.1-8B"), "llama-3.1-8b");
  EXPECT_EQ(id_of("Llama-3.1-8B"), "llama-3.1-8b");
  EXPECT_EQ(id_of("Meta-Llama-3.1-8B-Instruct-Q4_K_M.gguf"), "llama-3.1-8b");
  EXPECT_EQ(id_of("LLAMA_3.1_8B"), "llama-3.1-8b");
  EXPECT_EQ(id_of("llama3.1:8b"), "llama-3.1-8b");
  EXPECT_EQ(id_of("deepseek-ai/DeepSeek-R1"), "deepseek-v3");
  EXPECT_EQ(id_of("qwen3-30b-a3b-UD-Q4_K_XL"), "qwen3-30b-a3b");
  EXPECT_EQ(id_of("gpt-oss-20b-MXFP4.gguf"), "gpt-oss-20b");
  EXPECT_EQ(id_of("llama-31-8b"), "");
  EXPECT_EQ(id_of(""), "");
  EXPECT_EQ(id_of("-Q4_K_M"), "");
}

TEST(LlmCatalog, ReadsFilesToo) {
  EXPECT_EQ(catalog().find(kModels + "/qwen3-8b.yaml").id, "qwen3-8b");
  const std::string configs = std::string(FORETOKEN_TESTS_DIR) + "/model/configs/";
  EXPECT_EQ(catalog().find(configs + "qwen3-8b.json").layers.size(), 36U);
}

TEST(LlmCatalog, SuggestsWhatWasMeant) {
  try {
    catalog().find("lama-3.1-8b");
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(),
                testing::HasSubstr("unknown model 'lama-3.1-8b'; did you mean 'llama-3.1-8b'?"));
  }
}

}  // namespace
}  // namespace foretoken::model
