#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/csv_table.h"
#include "tests/cli/program.h"
#include "tests/cli/toy_data.h"

namespace foretoken::test {
namespace {

ProgramRun toy_program(const std::vector<std::string>& arguments) {
  return run_program(arguments, {.data = toy_data(), .out_path = "", .reader_leaves = false});
}

TEST(List, EveryKindComesAsTextCsvAndJson) {
  const std::vector<std::pair<std::string, std::size_t>> kinds{
      {"models", 2}, {"devices", 3}, {"formats", 7}, {"runtimes", 2}};
  for (const auto& [kind, count] : kinds) {
    const ProgramRun csv = toy_program({"list", kind, "-o", "csv"});
    EXPECT_EQ(CsvTable::parse(csv.out, kind).rows(), count) << csv.out;
    const auto json = nlohmann::json::parse(toy_program({"list", kind, "-o", "json"}).out);
    EXPECT_EQ(json.size(), count);
    EXPECT_TRUE(toy_program({"list", kind}).out.starts_with("id ")) << kind;
  }
}

TEST(List, DevicesNameTheirUsualRuntime) {
  const auto json = nlohmann::json::parse(toy_program({"list", "devices", "-o", "json"}).out);
  ASSERT_EQ(json.size(), 3U);
  for (const auto& device : json) {
    EXPECT_EQ(device["runtime"], device["class"] == "npu" ? "ripple" : "hammer") << device;
  }
  EXPECT_EQ(json[2]["id"], "brook-npu");
  EXPECT_EQ(json[2]["memory_bytes"], nullptr);
}

TEST(Show, EveryKindShowsItsFactsWithTheSource) {
  for (const std::string name : {"A1", "toy", "hammer"}) {
    const ProgramRun run = toy_program({"show", name});
    EXPECT_EQ(run.code, 0) << run.err;
    EXPECT_NE(run.out.find("invented for tests"), std::string::npos) << run.out;
  }
  EXPECT_NE(toy_program({"show", "A1"}).out.find("memory.bandwidth  1.000 TB/s"), std::string::npos)
      << toy_program({"show", "A1"}).out;
}

TEST(Show, ANameOfSeveralThingsShowsThemAll) {
  const auto json = nlohmann::json::parse(toy_program({"show", "F16", "-o", "json"}).out);
  ASSERT_EQ(json.size(), 2U);
  EXPECT_EQ(json[0]["kind"], "weight format");
  EXPECT_EQ(json[1]["kind"], "number format");
}

TEST(Show, AnUnknownNameEndsWithThreeAndASuggestion) {
  const ProgramRun run = toy_program({"show", "anvil-gpo"});
  EXPECT_EQ(run.code, 3);
  EXPECT_NE(run.err.find("nothing is called 'anvil-gpo'; did you mean 'anvil-gpu'?"),
            std::string::npos)
      << run.err;
}

TEST(CheckData, ACleanFolderIsCountedInALine) {
  const ProgramRun run = toy_program({"check-data", toy_data()});
  EXPECT_EQ(run.code, 0) << run.out;
  EXPECT_EQ(run.out, toy_data() +
                         ": clean (3 devices, 2 runtimes, 4 number formats, 3 weight formats, 2 "
                         "models, 3 laws, 1 fitted pools, 1 quality rows)\n");
}

TEST(CheckData, AFolderThatIsNotThereIsBadInput) {
  EXPECT_EQ(toy_program({"check-data", "/nowhere"}).code, 3);
}

}  // namespace
}  // namespace foretoken::test
