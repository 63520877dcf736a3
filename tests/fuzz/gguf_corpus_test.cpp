// The corpus of the fuzzer and changes of it, the same ones each time, as an ordinary test.
// UPDATE_CORPUS=1 writes the seeds anew.

#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/text_file.h"
#include "model/gguf_model.h"
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

/// A few bytes set, numbers put in, pieces taken out, doubled or moved to other files.
std::string changed(std::string file, const std::vector<std::string>& files, std::mt19937& random) {
  const auto below = [&](std::size_t most) { return random() % std::max<std::size_t>(most, 1); };
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
  const std::size_t changes = 1 + below(4);
  for (std::size_t i = 0; i < changes && !file.empty(); ++i) {
    const std::size_t at = below(file.size());
    const std::size_t length = below(std::min<std::size_t>(file.size() - at, 64));
    switch (below(6)) {
      case 0:
        file[at] = static_cast<char>(random());
        break;
      case 1:
        file[at] = static_cast<char>(file[at] ^ (1 << below(8)));
        break;
      case 2: {
        std::string number;
        GgufWriter::put(number, kNumbers[below(std::size(kNumbers))], below(2) == 0 ? 4 : 8);
        file.replace(at, std::min(number.size(), file.size() - at), number);
        break;
      }
      case 3:
        file.erase(at, length);
        break;
      case 4:
        file.insert(at, file.substr(at, length));
        break;
      default: {
        const std::string& other = files[below(files.size())];
        const std::size_t from = below(other.size());
        file.replace(at, length, other.substr(from, below(64)));
        break;
      }
    }
  }
  return file;
}

TEST(GgufCorpus, ChangedFilesEndInAModelOrAnError) {
  constexpr int kRuns = 20'000;
  const auto files = corpus();
  ASSERT_FALSE(files.empty());
  std::mt19937 random(7);  // NOLINT: the same changes each time
  int models = 0;
  for (int i = 0; i < kRuns; ++i) {
    models += run_gguf(changed(files[random() % files.size()], files, random)) ? 1 : 0;
  }
  // Both ends are reached, so the changes are neither too wild nor too tame.
  EXPECT_GT(models, kRuns / 100);
  EXPECT_LT(models, kRuns * 9 / 10);
}

}  // namespace
}  // namespace foretoken::test
