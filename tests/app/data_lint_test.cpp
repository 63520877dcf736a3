#include "app/data_lint.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "base/text_file.h"
#include "tests/support/temp_folder.h"
#include "tests/support/thrown.h"

namespace foretoken::app {
namespace {

class DataLint : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::copy(FORETOKEN_TESTS_DIR "/golden/data", data_,
                          std::filesystem::copy_options::recursive);
  }

  std::string faults() const {
    std::string text;
    for (const Fault& fault : lint_data(data_).faults) text += fault.text() + "\n";
    return text;
  }
  void replace(const std::string& file, const std::string& from, const std::string& to) const {
    std::string text = read_text_file(data_ + "/" + file);
    const auto at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    write_text_file(data_ + "/" + file, text.replace(at, from.size(), to));
  }

  test::TempFolder folder_;
  std::string data_ = folder_.path() + "/data";
};

TEST_F(DataLint, CountsWhatACleanFolderHolds) {
  const LintResult result = lint_data(data_);
  EXPECT_EQ(faults(), "");
  const std::vector<std::pair<std::string, std::size_t>> expected{
      {"devices", 3}, {"runtimes", 2}, {"number formats", 4}, {"weight formats", 3},
      {"models", 2},  {"laws", 3},     {"quality rows", 1}};
  EXPECT_EQ(result.counts, expected);
}

TEST_F(DataLint, QualityRowsNameWhatTheFolderHas) {
  replace("quality/toy.csv", "toy-1b", "toy-2b");
  EXPECT_NE(faults().find("toy.csv:2: unknown model 'toy-2b'"), std::string::npos) << faults();
}

TEST_F(DataLint, FindsFaultsOfSeveralKindsAtOnce) {
  replace("devices/anvil-gpu.yaml", "\"1000 GB/s\"", "\"2000 GB/s\"");
  replace("models/toy-1b.yaml", "vocab: 32000", "vocab: 32000\npublished_params: 5000000000");
  replace("laws/ripple.yaml", "ripple-pool", "other-pool");
  const std::string text = faults();
  EXPECT_NE(text.find("anvil-gpu.yaml"), std::string::npos) << text;
  EXPECT_NE(text.find("published are 5e+09"), std::string::npos) << text;
  EXPECT_NE(text.find("pool 'ripple-pool' has no law file"), std::string::npos) << text;
}

TEST_F(DataLint, AModelNameThatTwoClaimIsAFault) {
  replace("models/toy-moe.yaml", "name: Toys/Toy-MoE", "name: Toys/Toy-MoE\naliases: [Toy]");
  EXPECT_NE(faults().find("name 'Toy' is also claimed by"), std::string::npos) << faults();
}

TEST_F(DataLint, AFolderOfSomethingElseIsRefused) {
  const std::string other = folder_ / "other/x";
  const std::string path = folder_.path() + "/other";
  EXPECT_EQ(
      test::error_of([&] { lint_data(path); }),
      "'" + path + "' is no data folder: it has none of devices, runtimes, formats, models, laws");
}

}  // namespace
}  // namespace foretoken::app
