#include "base/yaml_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"
#include "tests/support/thrown.h"

namespace foretoken {
namespace {

using test::config_error_of;
using testing::ElementsAre;

/// The faults of `text` after `read` has asked for what it wants.
template <typename Read>
std::string faults_of(std::string_view text, Read&& read) {
  return config_error_of([&] {
    YamlFile file = YamlFile::parse(text, "x.yaml");
    read(file.top());
    file.finish();
  });
}

TEST(YamlMap, ReadsEveryKindOfValue) {
  YamlFile file = YamlFile::parse(
      "schema: 1\nname: H200\ncores: 132\nshare: 0.5\necc: true\nkind: hbm\n"
      "aliases: [a, 'b c']\nsizes: [1, 2]\nmemory:\n  bandwidth: 4.8 TB/s\n"
      "links:\n  - kind: nvlink\n  - kind: pcie\n",
      "x.yaml");
  file.require_schema(1);
  YamlMap& top = file.top();
  EXPECT_EQ(top.text("name"), "H200");
  EXPECT_EQ(top.integer("cores", 1, 1000), 132);
  EXPECT_EQ(top.number("share", {0.0, 1.0}), 0.5);
  EXPECT_TRUE(top.boolean("ecc"));
  EXPECT_EQ(top.choice("kind", {"gddr", "hbm"}), "hbm");
  EXPECT_THAT(top.texts("aliases"), ElementsAre("a", "b c"));
  EXPECT_THAT(top.integers("sizes", 0, 9), ElementsAre(1, 2));
  EXPECT_EQ(top.map("memory").quantity<BytesPerSecond>("bandwidth").base(), 4.8e12);
  auto links = top.maps("links");
  ASSERT_EQ(links.size(), 2U);
  EXPECT_EQ(links[0].text("kind"), "nvlink");
  EXPECT_EQ(links[1].text("kind"), "pcie");
  EXPECT_NO_THROW(file.finish());
}

TEST(YamlMap, AbsentOptionalsAreAbsent) {
  YamlFile file = YamlFile::parse("schema: 1\n", "x.yaml");
  file.require_schema(1);
  YamlMap& top = file.top();
  EXPECT_FALSE(top.has("a"));
  EXPECT_FALSE(top.find_text("a").has_value());
  EXPECT_FALSE(top.find_integer("a", 0, 1).has_value());
  EXPECT_FALSE(top.find_number("a", {0.0, 1.0}).has_value());
  EXPECT_FALSE(top.find_boolean("a").has_value());
  EXPECT_FALSE(top.find_choice("a", {"x"}).has_value());
  EXPECT_FALSE(top.find_quantity<Bytes>("a").has_value());
  EXPECT_FALSE(top.find_map("a").has_value());
  EXPECT_TRUE(top.texts("a").empty());
  EXPECT_TRUE(top.maps("a").empty());
  EXPECT_NO_THROW(file.finish());
}

TEST(YamlMap, OneBadFileShowsAllItsFaultsInOrder) {
  const std::string text =
      "schema: 1\nmemmory: 3\nmemory:\n  bandwidth: 4800\n  bandwidth: 1 TB/s\ncores: 0\n";
  EXPECT_EQ(faults_of(text,
                      [](YamlMap& top) {
                        top.integer("schema", 1, 1);
                        top.map("memory").quantity<BytesPerSecond>("bandwidth");
                        top.integer("cores", 1, INT64_MAX);
                      }),
            "x.yaml:2:1: unknown key 'memmory'; did you mean 'memory'?\n"
            "x.yaml:4:14: 'memory.bandwidth' must be a positive quantity with its unit, like "
            "'4.8 TB/s'; found '4800'\n"
            "x.yaml:5:3: key 'memory.bandwidth' appears twice; first on line 4\n"
            "x.yaml:6:8: 'cores' must be a whole number of at least 1; found '0'");
}

TEST(YamlMap, BadQuantitiesAreFaults) {
  for (const std::string value : {"0 GB", "-5 GB", ".nan", ".inf", "nan GB", "inf GB", "5 GB/s",
                                  "5", "GB", "[1 GB]", "{a: 1}", "true", "1e400 GB", "''"}) {
    EXPECT_EQ(faults_of("size: " + value, [](YamlMap& top) { top.quantity<Bytes>("size"); })
                  .substr(0, 79),
              "x.yaml:1:7: 'size' must be a positive quantity with its unit, like '24 GiB'; fo")
        << value;
  }
}

TEST(YamlMap, BadNumbersAreFaults) {
  for (const std::string value : {".nan", ".inf", "-.inf", "nan", "inf", "1.5", "-0.1", "one",
                                  "'1'", "1 GB", "0x1", "1_0", "[1]", "1e999"}) {
    EXPECT_EQ(faults_of("share: " + value,
                        [](YamlMap& top) {
                          top.number("share", {0.0, 1.0});
                        })
                  .substr(0, 55),
              "x.yaml:1:8: 'share' must be a number from 0 to 1; found")
        << value;
  }
}

TEST(YamlMap, BadWholeNumbersAreFaults) {
  for (const std::string value :
       {"1.5", "1e3", "010", "99999999999999999999", "-1", "x", "true", "'3'"}) {
    EXPECT_EQ(faults_of("n: " + value, [](YamlMap& top) { top.integer("n", 0, 64); }).substr(0, 55),
              "x.yaml:1:4: 'n' must be a whole number from 0 to 64; fo")
        << value;
  }
}

TEST(YamlMap, NoIsATextAndNotABoolean) {
  const std::string fault = faults_of("a: no", [](YamlMap& top) { top.boolean("a"); });
  EXPECT_EQ(fault, "x.yaml:1:4: 'a' must be true or false; found 'no'");
  YamlFile file = YamlFile::parse("a: no", "x.yaml");
  EXPECT_EQ(file.top().text("a"), "no");
}

TEST(YamlMap, AKeyWithoutValueIsAFault) {
  EXPECT_EQ(faults_of("a:\nb: 1",
                      [](YamlMap& top) {
                        top.text("a");
                        top.integer("b", 0, 9);
                      })
                .substr(10),
            ": 'a' must be a text; found nothing");
}

TEST(YamlMap, AChoiceListsWhatMayStand) {
  EXPECT_EQ(faults_of("kind: hmb",
                      [](YamlMap& top) {
                        top.choice("kind", {"gddr", "hbm"});
                      }),
            "x.yaml:1:7: 'kind' must be one of gddr, hbm; found 'hmb'; did you mean 'hbm'?");
}

TEST(YamlMap, AMissingKeyIsToldAtItsMapping) {
  EXPECT_EQ(faults_of("memory:\n  type: HBM\n",
                      [](YamlMap& top) {
                        YamlMap memory = top.map("memory");
                        memory.text("type");
                        memory.quantity<BytesPerSecond>("bandwidth");
                      }),
            "x.yaml:2:3: key 'memory.bandwidth' is missing");
}

TEST(YamlMap, AMissingMappingIsToldOnce) {
  EXPECT_EQ(faults_of("a: 1",
                      [](YamlMap& top) {
                        top.integer("a", 0, 9);
                        YamlMap memory = top.map("memory");
                        memory.quantity<BytesPerSecond>("bandwidth");
                        memory.map("inner").text("x");
                      }),
            "x.yaml:1:1: key 'memory' is missing");
}

TEST(YamlMap, UnknownKeysInListsAndTablesAreTold) {
  EXPECT_EQ(faults_of("links:\n  - knid: a\ntable:\n  q4:\n    bites: 2\n",
                      [](YamlMap& top) {
                        for (YamlMap& link : top.maps("links")) link.find_text("kind");
                        for (auto& [name, map] : top.map("table").entries()) {
                          map.find_integer("bytes", 0, 9);
                        }
                      }),
            "x.yaml:2:5: unknown key 'knid'; did you mean 'kind'?\n"
            "x.yaml:5:5: unknown key 'bites'; did you mean 'bytes'?");
}

TEST(YamlMap, AKeyUnlikeAnyGetsTheListOfKnownOnes) {
  EXPECT_EQ(faults_of("temperature: 3",
                      [](YamlMap& top) {
                        top.find_text("name");
                        top.find_text("source");
                      }),
            "x.yaml:1:1: unknown key 'temperature'; known here: name, source");
}

TEST(YamlMap, EntriesOfATableMustBeMappings) {
  EXPECT_EQ(faults_of("a: {}\nb: 3\n", [](YamlMap& top) { top.entries(); }),
            "x.yaml:2:4: 'b' must be a mapping; found '3'");
}

TEST(YamlMap, ItemsAreNamedByTheirPlace) {
  YamlFile file = YamlFile::parse("links:\n  - kind: a\n  - kind: b\n", "x.yaml");
  auto links = file.top().maps("links");
  EXPECT_EQ(links[1].path("kind"), "links[1].kind");
  EXPECT_EQ(links[1].line("kind"), 3);
  EXPECT_THAT(links[1].keys(), ElementsAre("kind"));
}

TEST(YamlMap, AReadersOwnFaultStandsAtTheValue) {
  EXPECT_EQ(faults_of("a: 1\nb: 22\n",
                      [](YamlMap& top) {
                        top.integer("a", 0, 9);
                        top.integer("b", 0, 99);
                        top.fault("b", "b is not twice a");
                        top.fault("c", "no c");
                      }),
            "x.yaml:1:1: no c\nx.yaml:2:4: b is not twice a");
}

TEST(YamlFile, AnotherSchemaIsRefused) {
  const auto schema_fault = [](std::string_view text) {
    return config_error_of([&] {
      YamlFile file = YamlFile::parse(text, "x.yaml");
      file.require_schema(1);
      file.finish();
    });
  };
  EXPECT_EQ(schema_fault("schema: 1"), "nothing was thrown");
  EXPECT_EQ(schema_fault("schema: 2"),
            "x.yaml:1:9: schema 2 is not read by this version; expected 'schema: 1'");
  EXPECT_EQ(schema_fault("schema: one"),
            "x.yaml:1:9: 'schema' must be a whole number from 1 to 1000000; found 'one'");
  EXPECT_EQ(config_error_of([&] {
              YamlFile file = YamlFile::parse("name: x", "x.yaml");
              file.top().text("name");
              file.require_schema(1);
              file.finish();
            }),
            "x.yaml:1:1: key 'schema' is missing; expected 'schema: 1'");
}

TEST(YamlFile, FaultsCarryThePathThatWasRead) {
  const test::TempFolder folder;
  const std::string path = folder.write("d/x.yaml", "a: 1\n");
  EXPECT_EQ(config_error_of([&] { YamlFile::read(path).finish(); }),
            path + ":1:1: unknown key 'a'");
}

}  // namespace
}  // namespace foretoken
