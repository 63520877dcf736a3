#include <algorithm>

#include <gtest/gtest.h>

#include "tests/cli/program.h"
#include "tests/cli/toy_data.h"
#include "tests/support/temp_folder.h"

namespace foretoken::test {
namespace {

/// A value that cannot be: what is appended to a good command line, and what the message must say.
struct BadValue {
  const char* name;
  std::vector<std::string> flags;
  const char* message;
};

void PrintTo(const BadValue& value, std::ostream* out) { *out << value.name; }

class PredictFault : public testing::TestWithParam<BadValue> {};

TEST_P(PredictFault, EndsWithThreeAndSaysWhere) {
  std::vector<std::string> arguments{"predict"};
  const std::vector<std::string>& flags = GetParam().flags;
  const auto lacks = [&](const char* flag) {
    return std::find(flags.begin(), flags.end(), flag) == flags.end();
  };
  if (lacks("-m")) arguments.insert(arguments.end(), {"-m", "toy"});
  if (lacks("-d")) arguments.insert(arguments.end(), {"-d", "A1"});
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  const ProgramRun run =
      run_program(arguments, {.data = toy_data(), .out_path = "", .reader_leaves = false});
  EXPECT_EQ(run.code, 3) << run.err;
  EXPECT_EQ(run.out, "");
  EXPECT_NE(run.err.find(GetParam().message), std::string::npos) << run.err;
}

INSTANTIATE_TEST_SUITE_P(
    Values, PredictFault,
    testing::Values(
        BadValue{"UnknownModel", {"-m", "toy-2b"}, "unknown model 'toy-2b'; did you mean 'toy"},
        BadValue{"UnknownDevice",
                 {"-d", "anvil-gpo"},
                 "unknown device 'anvil-gpo'; did you mean 'anvil-gpu'?"},
        BadValue{"UnknownFormat", {"-q", "T44"}, "unknown weight format 'T44'; did you mean 'T4'?"},
        BadValue{"UnknownRuntime",
                 {"--runtime", "hamer"},
                 "unknown runtime 'hamer'; did you mean 'hammer'?"},
        BadValue{"UnknownKvFormat", {"-ctk", "F61"}, "'F61'"},
        BadValue{"UnknownClass", {"-d", "class:tpu"}, "no device class in 'class:tpu'"},
        BadValue{"UnknownVendor",
                 {"-d", "vendor:Nobody"},
                 "no device fits the selection 'vendor:Nobody'"},
        BadValue{"BatchZero", {"-b", "0"}, "-b (--batch) must be a whole number from 1"},
        BadValue{"BatchNegative", {"-b", "-1"}, "-b (--batch) must be a whole number from 1"},
        BadValue{"BatchNan", {"-b", "nan"}, "found 'nan'"},
        BadValue{"BatchHuge", {"-b", "1e30"}, "found '1e30'"},
        BadValue{"BatchFraction", {"-b", "1.5"}, "found '1.5'"},
        BadValue{"ContextNegative", {"-c", "-5"}, "-c (--context) must be a whole number from 0"},
        BadValue{"GenZero", {"-n", "0"}, "-n (--gen) must be a whole number from 1"},
        BadValue{"ThreadsWord", {"-t", "many"}, "-t (--threads) must be a whole number"},
        BadValue{"RanksZero", {"--tp", "0"}, "--tp must be a whole number from 1"},
        BadValue{"MinTpsInfinite", {"--min-tps", "inf"}, "--min-tps must be a plain number"},
        BadValue{"EmptyListItem", {"-c", "0,,1"}, "-c (--context) has an empty item"},
        BadValue{"EmptyModel", {"-m", ""}, "-m (--model) has an empty item"},
        BadValue{"EmptyDeviceItem", {"-d", "A1,"}, "-d (--device) has an empty item"},
        BadValue{"TooMany",
                 {"-b", "1,2,3,4", "-c", "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20", "-n",
                  "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20", "-t",
                  "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20", "--tp", "1,2,3,4,5,6,7,8"},
                 "the lists ask for 256000 predictions; at most 200000"},
        BadValue{"SetUnknown",
                 {"--set", "memory.bandwith*=2"},
                 "no device parameter 'memory.bandwith'; did you mean 'memory.bandwidth'?"},
        BadValue{
            "SetNoUnit", {"--set", "memory.bandwidth=1000"}, "positive quantity with its unit"},
        BadValue{"SetWrongUnit",
                 {"--set", "memory.bandwidth=24 GiB"},
                 "positive quantity with its unit"},
        BadValue{"SetNegative", {"--set", "memory.bandwidth*=-1"}, "finite number above zero"},
        BadValue{"SetNan", {"--set", "clock*=nan"}, "finite number above zero"},
        BadValue{"SetMalformed", {"--set", "faster"}, "expected '<parameter>=<value>'"},
        BadValue{"SetNotStated",
                 {"--set", "peak.fp8*=2"},
                 "'peak.fp8' of device 'anvil-gpu' is not known"},
        BadValue{"ClockWithoutUnit", {"--clock", "1200"}, "--clock must be a clock above zero"},
        BadValue{"ClockZero", {"--clock", "0 MHz"}, "--clock must be a clock above zero"},
        BadValue{"ClockNegative", {"--clock=-1 GHz"}, "--clock must be a clock above zero"},
        BadValue{"ClockOfAnotherKind", {"--clock", "1 GB"}, "--clock must be a clock above zero"},
        BadValue{"ClockAboveTheSheet",
                 {"--clock", "9 GHz"},
                 "a core clock of 9.000 GHz is above the 1.000 GHz of the sheet of 'anvil-gpu'"},
        BadValue{"NoSuchFile", {"-d", "/nowhere/x.yaml"}, "/nowhere/x.yaml"},
        BadValue{"NoSuchModelFile", {"-m", "/nowhere/config.json"}, "/nowhere/config.json"}),
    [](const testing::TestParamInfo<BadValue>& tested) { return tested.param.name; });

/// A device file with one thing wrong.
struct BadFile {
  const char* name;
  const char* text;
  const char* message;
};

void PrintTo(const BadFile& file, std::ostream* out) { *out << file.name; }

constexpr const char* kHead =
    "schema: 1\nid: mine\nname: Mine\nclass: gpu\nvendor: Anvil\narchitecture: X\n"
    "confidence: recalled\nsource: mine\n";

class DeviceFileFault : public testing::TestWithParam<BadFile> {};

TEST_P(DeviceFileFault, EndsWithThreeAndThePlace) {
  const TempFolder folder;
  const std::string path = folder.write("mine.yaml", std::string(kHead) + GetParam().text);
  const ProgramRun run = run_program({"predict", "-m", "toy", "-d", path},
                                     {.data = toy_data(), .out_path = "", .reader_leaves = false});
  EXPECT_EQ(run.code, 3) << run.err;
  EXPECT_NE(run.err.find(path + ":"), std::string::npos) << run.err;
  EXPECT_NE(run.err.find(GetParam().message), std::string::npos) << run.err;
}

INSTANTIATE_TEST_SUITE_P(
    Files, DeviceFileFault,
    testing::Values(
        BadFile{"UnknownKey", "memmory: {}\nmemory: {type: X, bandwidth: \"1 TB/s\"}\n",
                "unknown key 'memmory'; did you mean 'memory'?"},
        BadFile{"DuplicateKey", "memory: {type: X, bandwidth: \"1 TB/s\"}\nname: Again\n", "name"},
        BadFile{"WrongUnit", "memory: {type: X, bandwidth: \"1 TB\"}\n", "memory.bandwidth"},
        BadFile{"NoUnit", "memory: {type: X, bandwidth: 4800}\n", "like '4.8 TB/s'"},
        BadFile{"Negative", "memory: {type: X, bandwidth: \"-1 TB/s\"}\n", "memory.bandwidth"},
        BadFile{"Nan", "memory: {type: X, bandwidth: .nan}\n", "memory.bandwidth"},
        BadFile{"Truncated", "memory: {type: X, bandwidth: \"1 TB", "mine.yaml"}),
    [](const testing::TestParamInfo<BadFile>& tested) { return tested.param.name; });

TEST(ModelFileFault, ATruncatedConfigIsNamedWithItsPlace) {
  const TempFolder folder;
  const std::string path =
      folder.write("config.json", "{\"model_type\": \"llama\", \"hidden_size\": 20");
  const ProgramRun run = run_program({"predict", "-m", path, "-d", "A1"},
                                     {.data = toy_data(), .out_path = "", .reader_leaves = false});
  EXPECT_EQ(run.code, 3) << run.err;
  EXPECT_NE(run.err.find(path + ":1:"), std::string::npos) << run.err;
}

}  // namespace
}  // namespace foretoken::test
