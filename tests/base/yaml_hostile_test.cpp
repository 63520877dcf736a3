// Texts that no honest writer sends: each must end in ConfigError with its place, quickly.

#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/yaml_map.h"
#include "tests/support/thrown.h"

namespace foretoken {
namespace {

using test::config_error_of;
using testing::HasSubstr;
using testing::StartsWith;

std::string fault_of(const std::string& text) {
  return config_error_of([&] { YamlFile::parse(text, "x.yaml").finish(); });
}

std::string repeated(std::string_view piece, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += piece;
  return text;
}

TEST(YamlHostile, AnEmptyFile) {
  for (const std::string text : {"", "\n\n", "# only a comment\n", "---\n", "~", "   "}) {
    EXPECT_THAT(fault_of(text), StartsWith("x.yaml:1:1: the file is empty")) << text;
  }
}

TEST(YamlHostile, ATopThatIsNoMapping) {
  EXPECT_THAT(fault_of("- a\n- b\n"), StartsWith("x.yaml:1:1: expected 'key: value' lines"));
  EXPECT_THAT(fault_of("hello"), StartsWith("x.yaml:1:1: expected 'key: value' lines"));
}

TEST(YamlHostile, ABinaryFile) {
  EXPECT_THAT(fault_of("\x7f"
                       "ELF\x02"),
              HasSubstr("x.yaml:1:1: control character 0x7f"));
  EXPECT_THAT(fault_of(std::string("a: b\0c", 6)), HasSubstr("x.yaml:1:5: control character 0x00"));
  EXPECT_THAT(fault_of("a: \xff\xfe"), HasSubstr("x.yaml:1:4: not UTF-8"));
  EXPECT_THAT(fault_of("a: b\nc: \xe2\x82"), HasSubstr("x.yaml:2:4: not UTF-8"));
  EXPECT_THAT(fault_of("a: \xed\xa0\x80"), HasSubstr("not UTF-8"));  // a surrogate
  EXPECT_THAT(fault_of("a: \xc0\xaf"), HasSubstr("not UTF-8"));      // an overlong form
  EXPECT_THAT(fault_of("\xff\xfe"
                       "a\0:\0"),
              HasSubstr("not UTF-8"));  // UTF-16
}

TEST(YamlHostile, ATabInTheIndentation) {
  EXPECT_THAT(fault_of("a:\n\tb: 1\n"), StartsWith("x.yaml:2:1: a tab indents"));
  EXPECT_THAT(fault_of("a:\n  \tb: 1\n"), StartsWith("x.yaml:2:3: a tab indents"));
}

TEST(YamlHostile, SyntaxFaultsHaveAPlace) {
  for (const std::string text : {"a: [1, 2", "a: {b: 1", "a: 'x", "a: \"x", "a: b: c",
                                 "a: 1\n b: 2", "a: @x", "a: %x", "? [1]\n: 2", "{1: 2, [3]: 4}",
                                 "a: !<x", "\"\\q\": 1", "a: |9x\n b", "]", "}", "a: *", "&"}) {
    EXPECT_THAT(fault_of(text), testing::MatchesRegex("x\\.yaml:[0-9]+:[0-9]+: .+")) << text;
  }
}

TEST(YamlHostile, AliasesAreRefused) {
  EXPECT_THAT(fault_of("a: &x 1\nb: *x\n"), StartsWith("x.yaml:1:"));
  EXPECT_THAT(fault_of("a: &x 1\n"), HasSubstr("anchors"));
  EXPECT_THAT(fault_of("&x a: 1\n"), HasSubstr("anchors"));
}

TEST(YamlHostile, AnAliasBombEndsAtOnce) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 40; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before +
            repeated(", " + before, 9) + "]\n";
  }
  EXPECT_THAT(fault_of(bomb), HasSubstr("write the value out"));
}

TEST(YamlHostile, HugeNestingIsRefused) {
  EXPECT_THAT(fault_of("a: " + repeated("[", 100000)), StartsWith("x.yaml:1:"));
  EXPECT_THAT(fault_of("a: " + repeated("{a: ", 100000)), StartsWith("x.yaml:1:"));
  EXPECT_THAT(fault_of(repeated("- ", 100000)), StartsWith("x.yaml:1:"));
  EXPECT_THAT(fault_of(repeated("? ", 100000)), StartsWith("x.yaml:1:"));
  std::string deep;
  for (int i = 0; i < 500; ++i) deep += repeated(" ", i) + "a:\n";
  EXPECT_THAT(fault_of(deep), HasSubstr("nested more than 64 levels deep"));
}

TEST(YamlHostile, AHugeFileIsRefused) {
  EXPECT_THAT(fault_of("a: " + std::string(5000000, 'x')), HasSubstr("larger than 4194304 bytes"));
}

TEST(YamlHostile, ASecondDocumentIsRefused) {
  EXPECT_THAT(fault_of("a: 1\n---\nb: 2\n"), HasSubstr("a second document"));
}

TEST(YamlHostile, ManyKeysAreReadInTime) {
  std::string text;
  for (int i = 0; i < 20000; ++i) text += "k" + std::to_string(i) + ": {v: 1}\n";
  const auto start = std::chrono::steady_clock::now();
  YamlFile file = YamlFile::parse(text, "x.yaml");
  EXPECT_EQ(file.top().entries().size(), 20000U);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

TEST(YamlHostile, AByteOrderMarkAndWindowsLineEndsAreFine) {
  YamlFile file = YamlFile::parse(
      "\xef\xbb\xbf"
      "a: x\r\nb: y\r\n",
      "x.yaml");
  EXPECT_EQ(file.top().text("a"), "x");
  EXPECT_EQ(file.top().text("b"), "y");
  EXPECT_NO_THROW(file.finish());
}

}  // namespace
}  // namespace foretoken
