#include "calibrate/import_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text_file.h"
#include "calibrate/import.h"
#include "tests/support/temp_folder.h"
#include "tests/support/thrown.h"

namespace foretoken::calibrate {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

const sim::Library& library() {
  static const sim::Library shipped = sim::read_library({FORETOKEN_DATA_DIR}, false);
  return shipped;
}

/// A row as llama-bench gives it, with names to be found.
ForeignDecode row_of(std::vector<std::string> devices, std::vector<std::string> models,
                     std::vector<std::string> formats) {
  ForeignDecode found;
  found.row.runtime = "llama.cpp-cuda";
  found.devices = std::move(devices);
  found.models = std::move(models);
  found.formats = std::move(formats);
  return found;
}

std::string found(ForeignDecode& row, const ImportOptions& options = {}) {
  return NameFinder(library(), options).find(row);
}

TEST(DeviceSpellings, DropWhatDriversAdd) {
  EXPECT_THAT(device_spellings("CUDA0: NVIDIA GeForce RTX 3090"),
              Contains("NVIDIA GeForce RTX 3090"));
  EXPECT_THAT(device_spellings("AMD Radeon RX 7900 XTX (RADV NAVI31)"),
              Contains("AMD Radeon RX 7900 XTX"));
  EXPECT_THAT(device_spellings("Intel(R) Core(TM) i7-8700K CPU @ 3.70GHz"),
              Contains("Intel Core i7-8700K"));
  EXPECT_THAT(device_spellings("AMD Ryzen 9 7950X 16-Core Processor"),
              Contains("AMD Ryzen 9 7950X"));
  EXPECT_TRUE(device_spellings("").empty());
}

TEST(ImportNames, FindsDeviceModelAndFormatOfAFile) {
  ForeignDecode row = row_of({"CUDA0: NVIDIA GeForce RTX 3090"},
                             {"Qwen2.5-7B-Instruct-Q4_K_M", "qwen2 7B Q4_K - Medium"},
                             {"Qwen2.5-7B-Instruct-Q4_K_M", "Q4_K - Medium"});
  ASSERT_EQ(found(row), "");
  EXPECT_EQ(row.row.device, "nvidia-rtx-3090");
  EXPECT_EQ(row.row.device_class, "gpu");
  EXPECT_EQ(row.row.model, "qwen2.5-7b");
  EXPECT_EQ(row.row.weight_format, "Q4_K_M");
}

TEST(ImportNames, FindsAModelByItsTypeAndCountOfWeights) {
  ForeignDecode row =
      row_of({"NVIDIA GeForce RTX 3090"}, {"qwen2 7B Q4_K - Medium"}, {"Q4_K - Medium"});
  row.params = 7.62e9;
  row.params_slack = 0.001;
  ASSERT_EQ(found(row), "");
  EXPECT_THAT(row.row.model, HasSubstr("qwen2"));
}

TEST(ImportNames, DistrustsAFileNameThatItsWeightsContradict) {
  ForeignDecode row = row_of({"NVIDIA GeForce RTX 3090"}, {"qwen2.5-7b"}, {"Q8_0"});
  row.params = 3.0e11;
  EXPECT_THAT(found(row), HasSubstr("unknown model 'qwen2.5-7b' of 300.00 billion weights"));
}

TEST(ImportNames, SaysWhatIsMissing) {
  ForeignDecode nothing = row_of({}, {}, {});
  EXPECT_EQ(found(nothing), "the file names no device; say it with -d");
  EXPECT_EQ(found(nothing, {.device = "RTX 3090"}), "the file names no model; say it with -m");
  EXPECT_EQ(found(nothing, {.device = "RTX 3090", .model = "llama-3.1-8b"}),
            "the file names no weight format; say it with -q");
  EXPECT_EQ(found(nothing, {.device = "RTX 3090", .model = "llama-3.1-8b", .format = "q4_0"}), "");
  EXPECT_EQ(nothing.row.weight_format, "Q4_0");
  ForeignDecode other = row_of({"Nothing X1"}, {}, {});
  EXPECT_EQ(found(other), "unknown device 'Nothing X1'; say it with -d");
}

TEST(ImportNames, RefusesUnknownOptions) {
  ForeignDecode row;
  EXPECT_THAT(test::error_of([&] { found(row, {.device = "RTX 3091"}); }),
              HasSubstr("unknown device 'RTX 3091'"));
  EXPECT_THAT(test::error_of([&] { found(row, {.model = "lama-3.1-8b"}); }),
              HasSubstr("unknown model"));
  EXPECT_THAT(test::error_of([&] { found(row, {.format = "Q44"}); }), HasSubstr("weight format"));
  EXPECT_THAT(test::error_of([&] { found(row, {.runtime = "vlm"}); }), HasSubstr("runtime"));
}

TEST(ImportNames, LayersLeftOnTheHostAreLabelled) {
  ForeignDecode row = row_of({"RTX 3090"}, {"llama-3.1-8b"}, {"Q4_0"});
  row.layers_on_device = 20;
  ASSERT_EQ(found(row), "");
  EXPECT_EQ(row.row.label, "partial-offload");
}

/// Every sample file, row by row.
class Samples : public ::testing::Test {
 protected:
  FileAccount import(const std::string& name, const ImportOptions& options) {
    const std::string path = std::string(FORETOKEN_TESTS_DIR) + "/calibrate/imports/" + name;
    return import_files(library(), {path}, options, store_).at(0);
  }
  RowStore store_;
};

TEST_F(Samples, EveryRowIsAccountedFor) {
  struct Expected {
    const char* name;
    std::size_t used;
    std::size_t unused;
  };
  const ImportOptions processor{
      .device = "Ryzen 9 7950X", .model = "tinyllama-1.1b", .format = "Q4_0"};
  for (const Expected& file : {Expected{"llama-bench.json", 2, 4},
                               {"llama-bench.jsonl", 2, 4},
                               {"llama-bench.csv", 2, 4},
                               {"llama-bench.sql", 2, 4},
                               {"llama-bench.md", 2, 4},
                               {"llama-batched-bench.md", 3, 0},
                               {"llama-batched-bench.jsonl", 3, 0},
                               {"test-backend-ops-perf.console", 20, 0},
                               {"test-backend-ops-perf.sql", 20, 0},
                               {"test-backend-ops-perf.csv", 0, 20}}) {
    const FileAccount account = import(file.name, processor);
    EXPECT_EQ(account.used(), file.used) << file.name;
    EXPECT_EQ(account.unused.size(), file.unused) << file.name;
    // Again: the rows are there.
    const FileAccount again = import(file.name, processor);
    EXPECT_EQ(again.used(), 0U) << file.name;
    EXPECT_EQ(again.unused.size(), file.used + file.unused) << file.name;
  }
  EXPECT_EQ(store_.decode.size(), 16U);
  EXPECT_EQ(store_.kernels.size(), 40U);
  for (const auto& row : store_.decode) {
    EXPECT_EQ(row.row.device, "amd-ryzen-9-7950x");
    EXPECT_EQ(row.row.model, "tinyllama-1.1b");
    EXPECT_EQ(row.from.hash.size(), 16U);
  }
}

TEST_F(Samples, ADeviceThatNobodyKnowsIsRefusedWithTheReason) {
  const FileAccount account = import("llama-bench.json", {});
  EXPECT_EQ(account.used(), 0U);
  EXPECT_EQ(account.unused.size(), 6U);
  EXPECT_EQ(account.unused[1].why, Unused::UnknownName);
  EXPECT_EQ(account.unused[1].reason, "unknown device 'AMD EPYC'; say it with -d");
}

TEST_F(Samples, OperatorsThatFitTheCacheAreLabelled) {
  const FileAccount account = import("test-backend-ops-perf-gpu.console", {});
  EXPECT_EQ(account.kernels, 8U);
  EXPECT_EQ(store_.kernels[0].row.label, "cache");  // 48 KiB
  EXPECT_EQ(store_.kernels[3].row.label, "");       // 33 MB beside 6 MiB
  EXPECT_GT(*store_.kernels[3].row.footprint_over_llc, 5.0);
}

TEST_F(Samples, ServingRunsThePublishedPrecision) {
  const FileAccount account = import("vllm-serve.json", {.device = "nvidia-h100-sxm5-80gb"});
  ASSERT_EQ(account.decode, 1U);
  EXPECT_EQ(store_.decode[0].row.weight_format, "BF16");
  EXPECT_EQ(store_.decode[0].row.label, "format-assumed");
}

TEST(Import, RefusesFiguresAndTextsThatNoRowMayHave) {
  const test::TempFolder folder;
  const std::string file = folder.write("a.jsonl",
                                        R"({"n_gen":1,"n_prompt":0,"n_depth":1e300,"avg_ts":1}
{"n_gen":1,"n_prompt":0,"avg_ts":1e-9}
{"n_gen":1,"n_prompt":0,"avg_ts":1,"type_k":"a\u0000b","type_v":"a\u0000b"}
{"n_gen":1,"n_prompt":0,"avg_ts":1,"test_time":")" +
                                            std::string(1001, 'x') + "\"}\n");
  RowStore store;
  const FileAccount account =
      import_files(library(), {file},
                   {.device = "RTX 3090", .model = "llama-3.1-8b", .format = "Q4_0"}, store)
          .at(0);
  EXPECT_EQ(account.used(), 0U);
  ASSERT_EQ(account.unused.size(), 4U);
  for (const UnusedRow& row : account.unused) EXPECT_EQ(row.why, Unused::OutOfRange);
}

TEST(Import, AnIdThatStandsForAnotherRowIsNoDuplicate) {
  const test::TempFolder folder;
  const std::string head = "row_id,device,runtime,model,weight_format,decode_tok_s\n";
  const std::string row = "a1,RTX 3090,llama.cpp-cuda,llama-3.1-8b,Q4_0,";
  const std::string file =
      folder.write("a.csv", head + row + "100\n" + row + "100\n" + row + "90\n");
  RowStore store;
  const FileAccount account = import_files(library(), {file}, {}, store).at(0);
  EXPECT_EQ(account.decode, 1U);
  ASSERT_EQ(account.unused.size(), 2U);
  EXPECT_EQ(account.unused[0].why, Unused::Duplicate);
  EXPECT_EQ(account.unused[1].why, Unused::Conflict);
}

}  // namespace
}  // namespace foretoken::calibrate
