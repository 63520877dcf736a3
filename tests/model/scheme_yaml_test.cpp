#include "model/scheme_yaml.h"

#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text_file.h"

namespace foretoken::model {
namespace {

class SchemeYaml : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) /
              ("foretoken_schemes_" + std::to_string(getpid()) + "_" +
               testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder_);
    table_.add({.id = "F16", .values_per_block = 1, .bytes_per_block = 2.0, .kind = "float"});
    table_.add({.id = "Q4_0", .values_per_block = 32, .bytes_per_block = 18.0, .kind = "legacy"});
    table_.add({.id = "Q8_0", .values_per_block = 32, .bytes_per_block = 34.0, .kind = "legacy"});
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::vector<Scheme> read(const std::string& text) {
    write_text_file((folder_ / "a.yaml").string(), text);
    return read_schemes(folder_.string(), table_);
  }

  std::string message_of(const std::string& text) {
    try {
      read(text);
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "accepted";
  }

  std::filesystem::path folder_;
  FormatTable table_;
};

const std::string kHead = "schema: 1\nsource: invented\n";

TEST_F(SchemeYaml, HeadAndEmbeddingFollowTheBaseUnlessSaid) {
  const auto schemes = read(kHead +
                            "defaults: {unquantized: F16}\n"
                            "schemes:\n"
                            "  a: {base: Q4_0}\n"
                            "  b: {base: Q4_0, head: Q8_0, approximate: true}\n"
                            "  c: {like: b, base: Q8_0}\n");
  ASSERT_EQ(schemes.size(), 3U);
  const FormatId q4 = table_.id_of("Q4_0");
  const FormatId q8 = table_.id_of("Q8_0");
  EXPECT_EQ(schemes[0].head, q4);
  EXPECT_EQ(schemes[0].embedding, q4);
  EXPECT_EQ(schemes[1].head, q8);
  EXPECT_EQ(schemes[1].embedding, q4);
  EXPECT_EQ(schemes[2].base, q8);
  EXPECT_EQ(schemes[2].embedding, q8);
  EXPECT_TRUE(schemes[2].approximate);
}

TEST_F(SchemeYaml, DefaultRulesComeFirst) {
  const auto schemes =
      read(kHead +
           "defaults:\n"
           "  unquantized: F16\n"
           "  rules:\n"
           "    - {tensors: [output], format: F16}\n"
           "schemes:\n"
           "  a:\n"
           "    base: Q4_0\n"
           "    rules:\n"
           "      - {tensors: [attn_v], layers: more, min_gqa: 4, format: Q8_0}\n");
  ASSERT_EQ(schemes[0].rules.size(), 2U);
  EXPECT_EQ(schemes[0].rules[0].tensors[0], "output");
  EXPECT_EQ(schemes[0].rules[1].band, LayerBand::More);
  EXPECT_EQ(schemes[0].rules[1].min_gqa, 4);
  const auto alike =
      read(kHead +
           "defaults: {unquantized: F16, rules: [{tensors: [output], format: F16}]}\n"
           "schemes:\n"
           "  a: {base: Q4_0}\n"
           "  b: {like: a, rules: [{tensors: [attn_v], format: Q8_0}]}\n"
           "  c: {like: b}\n");
  EXPECT_EQ(alike[0].rules.size(), 1U);
  EXPECT_EQ(alike[1].rules.size(), 2U);
  EXPECT_EQ(alike[2].rules.size(), 2U);
}

TEST_F(SchemeYaml, NamesWhatIsWrong) {
  EXPECT_THAT(message_of(kHead + "schemes:\n  a: {base: Q4_00}\n"),
              testing::HasSubstr("unknown number format 'Q4_00'; did you mean 'Q4_0'?"));
  EXPECT_THAT(message_of(kHead + "schemes:\n  a: {head: Q4_0}\n"), testing::HasSubstr("base"));
  EXPECT_THAT(message_of(kHead + "schemes:\n  a: {base: Q4_0}\n"),
              testing::HasSubstr("unquantized"));
  EXPECT_THAT(message_of(kHead + "schemes:\n  a: {like: b}\n"),
              testing::HasSubstr("no scheme 'b' before this one in the file"));
  EXPECT_THAT(message_of(kHead + "schemes:\n  a:\n    base: Q4_0\n    rules:\n"
                                 "      - {tensors: [attn_w], format: Q8_0}\n"),
              testing::HasSubstr("unknown tensor 'attn_w'"));
  EXPECT_THAT(message_of(kHead + "schemes:\n  a:\n    base: Q4_0\n    rules:\n"
                                 "      - {tensors: [attn_v], layers: last, format: Q8_0}\n"),
              testing::HasSubstr("layers"));
  EXPECT_THAT(message_of(kHead + "defaults: {unquantized: F16}\nschemes:\n"
                                 "  a: {base: Q4_0}\n  b: {base: Q8_0, aliases: [a]}\n"),
              testing::HasSubstr("weight format 'a' appears twice"));
  EXPECT_THAT(message_of(kHead + "schemes:\n  a: {base: Q4_0, bytes_factor: -1}\n"),
              testing::HasSubstr("bytes_factor"));
}

TEST_F(SchemeYaml, BandsAreThoseOfThePresets) {
  int more = 0;
  for (int i = 0; i < 32; ++i) more += in_band(LayerBand::More, i, 32) ? 1 : 0;
  EXPECT_EQ(more, 16);
  EXPECT_TRUE(in_band(LayerBand::First, 3, 32));
  EXPECT_FALSE(in_band(LayerBand::First, 4, 32));
  EXPECT_TRUE(in_band(LayerBand::FirstSixteenth, 1, 32));
  EXPECT_FALSE(in_band(LayerBand::FirstSixteenth, 2, 32));
  EXPECT_TRUE(in_band(LayerBand::Middle, 27, 32));
  EXPECT_FALSE(in_band(LayerBand::Middle, 28, 32));
}

}  // namespace
}  // namespace foretoken::model
