#include "app/flags.h"

#include <gtest/gtest.h>

#include "app/outcome.h"
#include "app/predict_options.h"

namespace foretoken::app {
namespace {

std::string usage_error_of(const std::vector<std::string>& arguments) {
  Flags flags("foretoken predict", "");
  add_predict_flags(flags);
  try {
    flags.parse(arguments);
    predict_options(flags);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "nothing was thrown";
}

PredictOptions parsed(const std::vector<std::string>& arguments) {
  Flags flags("foretoken predict", "");
  add_predict_flags(flags);
  EXPECT_TRUE(flags.parse(arguments));
  return predict_options(flags);
}

TEST(Flags, ReadEveryFlagOfPredict) {
  const PredictOptions options =
      parsed({"-m",        "a,b",     "-d",    "all",    "-q",     "Q4_K_M",
              "--runtime", "r",       "-b",    "1,8",    "-c",     "0,4096",
              "-n",        "64",      "-ctk",  "q8_0",   "-ctv",   "f16",
              "-t",        "8",       "--tp",  "2",      "--set",  "memory.bandwidth*=1.25",
              "--set",     "cores=4", "--ops", "--sort", "memory", "--min-tps",
              "20",        "-o",      "jsonl"});
  EXPECT_EQ(options.models, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(options.devices, "all");
  EXPECT_EQ(options.formats, std::vector<std::string>{"Q4_K_M"});
  EXPECT_EQ(options.batches, (std::vector<double>{1, 8}));
  EXPECT_EQ(options.contexts, (std::vector<double>{0, 4096}));
  EXPECT_EQ(options.gen_tokens, std::vector<double>{64});
  EXPECT_EQ(options.kv_keys, std::vector<std::string>{"q8_0"});
  EXPECT_EQ(options.kv_values, std::vector<std::string>{"f16"});
  EXPECT_EQ(options.threads, std::vector<double>{8});
  EXPECT_EQ(options.ranks, std::vector<double>{2});
  EXPECT_EQ(options.changes, (std::vector<std::string>{"memory.bandwidth*=1.25", "cores=4"}));
  EXPECT_TRUE(options.ops);
  EXPECT_EQ(options.sort, SortBy::Memory);
  EXPECT_EQ(options.min_rate, 20.0);
  EXPECT_EQ(options.format, Format::JsonLines);
}

TEST(Flags, SingleDashLongFlagsTakeAnEqualsSign) {
  EXPECT_EQ(with_long_flags({"-ctk=q8_0", "-ctv", "f16", "-c", "1", "-fa", "1"}),
            (std::vector<std::string>{"--cache-type-k=q8_0", "--cache-type-v", "f16", "-c", "1",
                                      "--flash-attn", "1"}));
}

TEST(Flags, AbbreviationsAreNotGuessed) {
  EXPECT_EQ(usage_error_of({"--mod", "x"}), "unknown flag '--mod'; did you mean '--model'?");
}

TEST(Flags, SayWhatIsWrong) {
  EXPECT_EQ(usage_error_of({"-d", "x"}), "-m (--model) is missing");
  EXPECT_EQ(usage_error_of({"-m", "x"}), "-d (--device) is missing");
  EXPECT_EQ(usage_error_of({"-m", "x", "-d", "y", "stray"}), "unexpected word 'stray'");
  EXPECT_EQ(usage_error_of({"-m", "x", "-d", "y", "-m", "z"}),
            "flag '--model' is given twice; a comma list asks for several values");
  EXPECT_EQ(usage_error_of({"-m", "x", "-d", "y", "-o", "jsn"}),
            "-o (--output) takes text, md, csv, json, jsonl; found 'jsn'; did you mean 'json'?");
  EXPECT_EQ(usage_error_of({"-m", "x", "-d", "y", "--sort", "price"}),
            "--sort takes tps, latency, memory; found 'price'");
}

TEST(Flags, ANegativeNumberIsAValueNotAFlag) {
  Flags flags("x", "");
  flags.add_value("batch,b", "N", "");
  EXPECT_TRUE(flags.parse({"-b", "-1"}));
  EXPECT_EQ(flags.find("batch"), "-1");
}

TEST(Flags, HelpIsAskedForBeforeAnythingIsMissing) {
  Flags flags("foretoken predict -m MODEL", "Predicts.");
  add_predict_flags(flags);
  EXPECT_FALSE(flags.parse({"--help"}));
  const std::string help = flags.help();
  EXPECT_NE(help.find("Usage: foretoken predict -m MODEL"), std::string::npos);
  EXPECT_NE(help.find("--min-tps X"), std::string::npos);
}

}  // namespace
}  // namespace foretoken::app
