#include <algorithm>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/csv_table.h"
#include "tests/cli/program.h"
#include "tests/cli/toy_data.h"

namespace foretoken::test {
namespace {

ProgramRun predict(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "predict");
  return run_program(arguments, {.data = toy_data(), .out_path = "", .reader_leaves = false});
}

nlohmann::json predicted(std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"-o", "json"});
  const ProgramRun run = predict(std::move(arguments));
  EXPECT_EQ(run.code, 0) << run.err;
  return nlohmann::json::parse(run.out, nullptr, false);
}

TEST(Predict, JsonHasTheKeysThatOthersRelyOn) {
  const auto all = predicted({"-m", "toy", "-d", "A1", "--ops"});
  ASSERT_TRUE(all.is_array());
  ASSERT_EQ(all.size(), 1U);
  const auto& one = all[0];
  EXPECT_EQ(one["model"], "toy-1b");
  EXPECT_EQ(one["device"], "anvil-gpu");
  EXPECT_EQ(one["runtime"], "hammer");
  EXPECT_EQ(one["format"], "T4");
  EXPECT_EQ(one["batch"], 1);
  EXPECT_EQ(one["context_start"], 0);
  EXPECT_EQ(one["gen_tokens"], 128);
  for (const char* key : {"tokens_per_second", "seconds_per_token"}) {
    EXPECT_LT(one[key]["lo"], one[key]["point"]) << key;
    EXPECT_LT(one[key]["point"], one[key]["hi"]) << key;
    EXPECT_EQ(one[key]["level"], 0.9) << key;
  }
  EXPECT_NEAR(one["tokens_per_second"]["point"].get<double>() *
                  one["seconds_per_token"]["point"].get<double>(),
              1.0, 1e-12);
  EXPECT_GT(one["bytes_per_token"]["weights"], 0);
  EXPECT_GT(one["bytes_per_token"]["kv"], 0);
  EXPECT_GT(one["bytes_per_token"]["activations"], 0);
  const auto& memory = one["memory_bytes"];
  EXPECT_DOUBLE_EQ(memory["total"].get<double>(), memory["weights"].get<double>() +
                                                      memory["kv"].get<double>() +
                                                      memory["overhead"].get<double>());
  EXPECT_EQ(memory["capacity"], 17179869184);
  EXPECT_EQ(memory["fits"], true);
  EXPECT_TRUE(one["bound"].is_string());
  EXPECT_TRUE(one["basis"].is_array());
  double seconds = one["causes_seconds"]["host"].get<double>();
  for (const auto& op : one["ops"]) seconds += op["seconds"].get<double>();
  EXPECT_NEAR(seconds, one["seconds_per_token"]["point"].get<double>(), 1e-9);
}

TEST(Predict, OpsAreLeftOutUnlessAskedFor) {
  EXPECT_FALSE(predicted({"-m", "toy", "-d", "A1"})[0].contains("ops"));
}

TEST(Predict, TheDefaultAnswerHasSixLinesAndNamesItsDefaults) {
  const ProgramRun run = predict({"-m", "toy", "-d", "A1"});
  EXPECT_EQ(run.code, 0);
  EXPECT_EQ(std::count(run.out.begin(), run.out.end(), '\n'), 6);
  EXPECT_NE(run.out.find("T4 on Anvil A1, Hammer, ctx 0..128  (format and runtime by default)"),
            std::string::npos)
      << run.out;
  EXPECT_NE(run.out.find("hammer-bench -m toy-1b -n 128 -d 0"), std::string::npos) << run.out;
}

TEST(Predict, CommaListsAreCrossProducts) {
  const auto all = predicted({"-m", "toy,toy-moe", "-d", "class:gpu", "-q", "T4,F16", "-c",
                              "0,1024", "-b", "1,4", "-ctk", "F16,T8_0"});
  EXPECT_EQ(all.size(), 2U * 2U * 2U * 2U * 2U * 2U);
}

TEST(Predict, AnswersAreSortedAsAsked) {
  const auto by = [](const char* key) {
    return predicted({"-m", "toy", "-d", "all", "-b", "1,8", "--sort", key});
  };
  const auto rates = by("tps");
  const auto latencies = by("latency");
  const auto memories = by("memory");
  for (std::size_t i = 1; i < rates.size(); ++i) {
    EXPECT_GE(rates[i - 1]["tokens_per_second"]["point"], rates[i]["tokens_per_second"]["point"]);
    EXPECT_LE(latencies[i - 1]["seconds_per_token"]["point"],
              latencies[i]["seconds_per_token"]["point"]);
    EXPECT_LE(memories[i - 1]["memory_bytes"]["total"], memories[i]["memory_bytes"]["total"]);
  }
  ASSERT_EQ(rates.size(), 6U);
}

TEST(Predict, DevicesAreChosenByClassVendorAndPath) {
  EXPECT_EQ(predicted({"-m", "toy", "-d", "class:npu"})[0]["device"], "brook-npu");
  EXPECT_EQ(predicted({"-m", "toy", "-d", "vendor:Anvil"}).size(), 2U);
  EXPECT_EQ(predicted({"-m", "toy", "-d", toy_data() + "/devices/anvil-gpu.yaml"})[0]["device"],
            "anvil-gpu");
  EXPECT_EQ(predicted({"-m", toy_data() + "/models/toy-1b.yaml", "-d", "A1"})[0]["model"],
            "toy-1b");
}

TEST(Predict, ARuntimeThatDoesNotRunOnADeviceIsSkippedWithItsReason) {
  const ProgramRun run = predict({"-m", "toy", "-d", "all", "--runtime", "hammer", "-o", "jsonl"});
  EXPECT_EQ(run.code, 0);
  EXPECT_EQ(std::count(run.out.begin(), run.out.end(), '\n'), 2);
  EXPECT_NE(run.err.find("skipped: runtime 'hammer' does not run on 'brook-npu'"),
            std::string::npos)
      << run.err;
  const ProgramRun nothing = predict({"-m", "toy", "-d", "brook-npu", "--runtime", "hammer"});
  EXPECT_EQ(nothing.code, 3);
  EXPECT_NE(nothing.err.find("these do: ripple"), std::string::npos) << nothing.err;
}

TEST(Predict, MoreBandwidthIsFasterAndNoLongerTheMeasuredDevice) {
  const auto before = predicted({"-m", "toy", "-d", "A1", "-q", "F16"})[0];
  const auto after =
      predicted({"-m", "toy", "-d", "A1", "-q", "F16", "--set", "memory.bandwidth*=1.25"})[0];
  EXPECT_GT(after["tokens_per_second"]["point"], before["tokens_per_second"]["point"]);
  EXPECT_EQ(after["peak_bytes_per_second"], 1250000000000);
  EXPECT_EQ(before["known_device"], true);
  EXPECT_EQ(after["known_device"], false);
  const auto set =
      predicted({"-m", "toy", "-d", "A1", "-q", "F16", "--set", "memory.bandwidth=1.25 TB/s"})[0];
  EXPECT_EQ(set["tokens_per_second"], after["tokens_per_second"]);
}

TEST(Predict, SlowerCoresAreSlowerAndSpendLessWhereTheyAreMeasuredTo) {
  const std::vector<std::string> question{"-m", "toy", "-d", "A1", "-b", "64"};
  const auto at = [&](const std::string& clock) {
    std::vector<std::string> arguments = question;
    arguments.insert(arguments.end(), {"--clock", clock});
    return predicted(arguments)[0];
  };
  const auto full = predicted(question)[0];
  const auto half = at("500MHz");
  EXPECT_GT(half["seconds_per_token"]["point"], full["seconds_per_token"]["point"]);
  EXPECT_NEAR(half["energy_split_joules"]["arithmetic"].get<double>() /
                  full["energy_split_joules"]["arithmetic"].get<double>(),
              0.6, 1e-9);
  EXPECT_EQ(half["clock_hertz"], 5e8);
  EXPECT_EQ(half["core_energy"]["basis"], "measured");
  EXPECT_EQ(half["known_device"], false);
  // The sheet's own clock asks for nothing else.
  EXPECT_EQ(at("1 GHz"), full);
  EXPECT_TRUE(full["clock_hertz"].is_null());
}

TEST(Predict, AClockAndASetClockExcludeEachOther) {
  const ProgramRun run =
      predict({"-m", "toy", "-d", "A1", "--clock", "500MHz", "--set", "clock*=0.5"});
  EXPECT_EQ(run.code, 2);
  EXPECT_NE(run.err.find("--clock and --set clock exclude each other"), std::string::npos);
}

TEST(Predict, MinTpsFiltersAndEndsWithOneWhenNothingIsLeft) {
  const auto all = predicted({"-m", "toy", "-d", "all"});
  const double fastest = all[0]["tokens_per_second"]["point"];
  const auto kept =
      predicted({"-m", "toy", "-d", "all", "--min-tps", std::to_string(fastest * 0.999)});
  EXPECT_EQ(kept.size(), 1U);
  const ProgramRun none = predict({"-m", "toy", "-d", "all", "--min-tps", "1e9"});
  EXPECT_EQ(none.code, 1);
  EXPECT_NE(none.err.find("nothing that fits reaches 1000000000 t/s; the fastest is toy-1b on"),
            std::string::npos)
      << none.err;
}

TEST(Predict, AModelThatDoesNotFitIsSaidSo) {
  const ProgramRun run = predict({"-m", "toy", "-d", "A1 mini", "-q", "F16"});
  EXPECT_EQ(run.code, 0);
  EXPECT_NE(run.out.find("DOES NOT FIT"), std::string::npos) << run.out;
  EXPECT_NE(run.err.find("note: does not fit"), std::string::npos) << run.err;
  EXPECT_EQ(predicted({"-m", "toy", "-d", "brook-npu"})[0]["memory_bytes"]["fits"], nullptr);
}

TEST(Predict, CsvAndMarkdownHaveARowEach) {
  const ProgramRun csv = predict({"-m", "toy", "-d", "all", "-o", "csv"});
  const CsvTable table = CsvTable::parse(csv.out, "out");
  EXPECT_EQ(table.rows(), 3U);
  EXPECT_TRUE(table.find_column("tokens_per_second"));
  EXPECT_TRUE(table.find_column("memory_total_bytes"));
  const ProgramRun markdown = predict({"-m", "toy", "-d", "all", "-o", "md"});
  EXPECT_EQ(std::count(markdown.out.begin(), markdown.out.end(), '\n'), 5);
}

TEST(Predict, AUsersFolderLiesOverTheShippedOne) {
  const auto all = predicted({"-m", "toy", "-d", "anvil-gpu", "--data",
                              std::string(FORETOKEN_TESTS_DIR) + "/golden/overlay"});
  EXPECT_EQ(all[0]["peak_bytes_per_second"], 2000000000000);
}

TEST(Predict, TheSameQuestionHasTheSameAnswerBitForBit) {
  const ProgramRun first = predict({"-m", "toy,toy-moe", "-d", "all", "-o", "json", "--ops"});
  EXPECT_EQ(predict({"-m", "toy,toy-moe", "-d", "all", "-o", "json", "--ops"}).out, first.out);
}

}  // namespace
}  // namespace foretoken::test
