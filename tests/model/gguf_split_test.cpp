#include "model/gguf_split.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/gguf_keys.h"
#include "model/named_model.h"
#include "tests/model/gguf_files.h"
#include "tests/support/temp_folder.h"
#include "tests/support/thrown.h"

namespace foretoken::model {
namespace {

using testing::HasSubstr;

/// Three parts: metadata and one tensor in the first, as the splitting tool makes them.
class GgufSplit : public testing::Test {
 protected:
  std::string path(int part) const {
    return folder_ / fmt::format("toy-{:05}-of-00003.gguf", part);
  }
  test::GgufWriter part(int number, const std::string& tensor, int total = 3) const {
    test::GgufWriter file;
    if (number == 0) file.text("general.architecture", "llama");
    file.u16("split.no", static_cast<std::uint64_t>(number));
    file.u16("split.count", 3);
    file.u32("split.tensors.count", static_cast<std::uint64_t>(total));
    file.tensor(tensor, {64}, 0, 256);
    return file;
  }
  void save_all() const {
    part(0, "a").save(path(1));
    part(1, "b").save(path(2));
    part(2, "c").save(path(3));
  }
  static GgufFile read(const std::string& path) {
    return read_gguf_file(path, shipped_formats().table);
  }
  static std::string fault(const std::string& path) {
    return test::error_of([&] { read(path); });
  }

  test::TempFolder folder_;
};

TEST_F(GgufSplit, AnyPartStandsForAll) {
  save_all();
  for (int part = 1; part <= 3; ++part) {
    const GgufFile file = read(path(part));
    EXPECT_EQ(file.parts, 3);
    ASSERT_EQ(file.header.tensors.size(), 3U);
    EXPECT_EQ(file.header.tensors[2].name, "c");
    EXPECT_EQ(file.header.tensors[2].file, path(3));
    EXPECT_EQ(file.header.file, path(1));
    EXPECT_EQ(gguf_text(file.header, "general.architecture"), "llama");
  }
  EXPECT_EQ(gguf_stem(path(2)), "toy");
}

TEST_F(GgufSplit, APartMayBeMissingOrWrong) {
  save_all();
  std::filesystem::remove(path(2));
  EXPECT_EQ(fault(path(1)), "no such file '" + path(2) + "'");
  part(0, "b").save(path(2));
  EXPECT_EQ(fault(path(1)), path(2) +
                                ": 'split.no' and 'split.count' are 0 and 3; part 2 of 3 "
                                "should have 1 and 3");
  part(1, "a").save(path(2));
  EXPECT_THAT(fault(path(1)), HasSubstr("tensor 'a' stands in an earlier part too"));
  part(1, "b").save(path(2));
  part(0, "a", 7).save(path(1));
  EXPECT_EQ(fault(path(1)), path(1) + ": 'split.tensors.count' is 7, but the parts hold 3 tensors");
}

TEST_F(GgufSplit, APartByAnotherNameIsNoModel) {
  const std::string other = folder_ / "other.gguf";
  part(0, "a").save(other);
  EXPECT_THAT(fault(other), HasSubstr("one of 3 parts, whose names must end with "
                                      "'-00001-of-00003.gguf'"));
}

TEST(GgufNamed, AFileThatIsThereGoesBeforeAName) {
  const ShippedFormats& formats = shipped_formats();
  const auto models = LlmCatalog::read({std::string(FORETOKEN_DATA_DIR) + "/models"});
  const ModelTables tables{models, formats.table, formats.schemes};
  const test::TempFolder folder;
  // A file of another model under this name: what is in it counts.
  const std::string path = folder / "Llama-3.1-8B-Q4_K_M.gguf";
  EXPECT_EQ(find_model(path, tables).llm.id, "llama-3.1-8b");
  EXPECT_FALSE(find_model(path, tables).weights.has_value());
  written("qwen2.5-0.5b", "Q8_0", {"qwen2", 7}).save(path);
  const NamedModel found = find_model(path, tables);
  EXPECT_EQ(found.llm.family, "qwen2");
  EXPECT_EQ(found.llm.id, "Llama-3.1-8B-Q4_K_M");
  ASSERT_TRUE(found.weights.has_value());
  EXPECT_EQ(found.weights->scheme, "Q8_0");
  EXPECT_EQ(found.weights->file, path);
  // ollama's blobs have no ending.
  const std::string blob = folder / "sha256-0123";
  written("qwen2.5-0.5b", "Q8_0", {"qwen2", 7}).save(blob);
  EXPECT_TRUE(find_model(blob, tables).weights.has_value());
  EXPECT_EQ(test::error_of([&] { find_model("none-such-at-all.gguf", tables); }),
            "no such file 'none-such-at-all.gguf', and no model of that name is known");
}

}  // namespace
}  // namespace foretoken::model
