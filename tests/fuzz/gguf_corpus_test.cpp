// The corpus of the fuzzer and changes of it, the same ones each time, as an ordinary test.
// UPDATE_CORPUS=1 writes the seeds anew.

#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/text_file.h"
#include "model/gguf_model.h"
#include "tests/fuzz/changed_file.h"
#include "tests/fuzz/gguf_target.h"
#include "tests/support/tiny_llms.h"

namespace foretoken::test {
namespace {

const std::string kCorpus = FORETOKEN_TESTS_DIR "/fuzz/corpus/gguf";

/// Heads alone; the odd byte behind says that the data are there.
std::string seed_of(const TinyLlm& tiny) {
  const std::string folder = FORETOKEN_DATA_DIR "/formats";
  static const FormatTable table = FormatTable::read(folder);
  static const auto schemes = model::SchemeTable::read(folder + "/schemes", table);
  const auto weights = schemes.assign(tiny.scheme, tiny.llm, table);
  return gguf_of(tiny.llm, weights, table, tiny.kind).head() + '\1';
}

std::vector<std::string> corpus() {
  std::vector<std::string> files;
  for (const std::string& path : files_in(kCorpus, ".gguf")) files.push_back(read_text_file(path));
  return files;
}

TEST(GgufCorpus, HoldsATinyModelOfEachKind) {
  for (const TinyLlm& tiny : tiny_llms()) {
    const std::string path = kCorpus + "/" + tiny.name + ".gguf";
    if (std::getenv("UPDATE_CORPUS") != nullptr) write_text_file(path, seed_of(tiny));
    EXPECT_EQ(read_text_file(path), seed_of(tiny)) << path;
    EXPECT_TRUE(run_gguf(seed_of(tiny))) << tiny.name;
  }
}

TEST(GgufCorpus, EveryFileEndsInAModelOrAnError) {
  const auto files = corpus();
  ASSERT_GE(files.size(), tiny_llms().size());
  for (const std::string& file : files) run_gguf(file);
}

/// Numbers that sizes, counts and offsets go wrong at.
std::vector<std::string> numbers() {
  constexpr std::uint64_t kNumbers[] = {0,
                                        1,
                                        255,
                                        0x7fffffff,
                                        0x80000000,
                                        0xffffffff,
                                        1U << 20U,
                                        std::uint64_t{1} << 33U,
                                        std::uint64_t{1} << 62U,
                                        ~std::uint64_t{0}};
  std::vector<std::string> pieces;
  for (const std::uint64_t number : kNumbers) {
    for (const unsigned bytes : {4U, 8U}) GgufWriter::put(pieces.emplace_back(), number, bytes);
  }
  return pieces;
}

TEST(GgufCorpus, ChangedFilesEndInAModelOrAnError) {
  constexpr int kRuns = 20'000;
  const auto files = corpus();
  const auto pieces = numbers();
  ASSERT_FALSE(files.empty());
  std::mt19937 random(7);  // NOLINT: the same changes each time
  int models = 0;
  for (int i = 0; i < kRuns; ++i) {
    const std::string& file = files[random() % files.size()];
    models += run_gguf(changed(file, files, pieces, random)) ? 1 : 0;
  }
  // Both ends are reached, so the changes are neither too wild nor too tame.
  EXPECT_GT(models, kRuns / 100);
  EXPECT_LT(models, kRuns * 9 / 10);
}

}  // namespace
}  // namespace foretoken::test
