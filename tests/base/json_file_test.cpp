#include "base/json_file.h"

#include <algorithm>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/temp_folder.h"
#include "tests/support/thrown.h"

namespace foretoken {
namespace {

using test::config_error_of;
using testing::HasSubstr;
using testing::StartsWith;

std::string fault_of(const std::string& text) {
  return config_error_of([&] { parse_json(text, "x.json"); });
}

TEST(JsonFile, ReadsADocument) {
  const nlohmann::json document =
      parse_json(R"({"a": [1, -2, 2.5, "x\"y", true, null], "b": {"c": {}}})", "x.json");
  EXPECT_EQ(document["a"][1].get<int>(), -2);
  EXPECT_EQ(document["a"][2].get<double>(), 2.5);
  EXPECT_EQ(document["a"][3].get<std::string>(), "x\"y");
  EXPECT_TRUE(document["a"][5].is_null());
  EXPECT_TRUE(document["b"]["c"].is_object());
}

TEST(JsonFile, EqualKeysInDifferentObjectsAreFine) {
  EXPECT_EQ(fault_of(R"([{"a": 1}, {"a": 2, "b": {"a": 3}}])"), "nothing was thrown");
}

TEST(JsonFile, ADuplicateKeyIsToldAtItsPlace) {
  EXPECT_EQ(fault_of("{\"a\": 1,\n  \"b\": 2,\n  \"a\": 3}"), "x.json:3:3: key 'a' appears twice");
  EXPECT_EQ(fault_of(R"({"a\"": 1, "a\"": 3})"), "x.json:1:12: key 'a\"' appears twice");
}

TEST(JsonFile, StopsAfterTwentyFaults) {
  std::string text = "{";
  for (int i = 0; i < 200'000; ++i) text += "\"a\":1,";
  const std::string faults = fault_of(text + "\"a\":1}");
  EXPECT_EQ(std::count(faults.begin(), faults.end(), '\n'), 19);
}

TEST(JsonFile, AllDuplicateKeysAreTold) {
  EXPECT_EQ(fault_of(R"({"a": 1, "a": 3, "a": 4})"),
            "x.json:1:10: key 'a' appears twice\nx.json:1:18: key 'a' appears twice");
}

TEST(JsonFile, SyntaxFaultsHaveAPlace) {
  EXPECT_THAT(fault_of("{\"a\":\n 1,}"), StartsWith("x.json:2:4: syntax error"));
  for (const std::string text :
       {"",           " ",           "{",       "[1",      "{\"a\" 1}", "{a: 1}", "[NaN]",
        "[Infinity]", "[-Infinity]", "[nan]",   "[1e999]", "{} {}",     "[1] x",  "'a'",
        "[01]",       "\"\xff\"",    "// c\n1", "[1,]",    "\x01\x02",  "nul",    "\"\\u12\""}) {
    EXPECT_THAT(fault_of(text), testing::MatchesRegex("x\\.json:[0-9]+:[0-9]+: (.|\n)+")) << text;
  }
}

TEST(JsonFile, HugeNestingIsRefused) {
  EXPECT_THAT(fault_of(std::string(1000000, '[')), HasSubstr("nested more than 200 levels deep"));
}

TEST(JsonFile, ReadsFromAFile) {
  const test::TempFolder folder;
  EXPECT_EQ(read_json(folder.write("x.json", "[1]"))[0].get<int>(), 1);
  EXPECT_THAT(test::error_of([&] { read_json(folder / "none.json"); }), HasSubstr("No such file"));
}

}  // namespace
}  // namespace foretoken
