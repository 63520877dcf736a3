#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text_file.h"
#include "calibrate/row_store.h"
#include "tests/cli/killed.h"
#include "tests/cli/program.h"
#include "tests/support/temp_folder.h"

namespace foretoken::test {
namespace {

using testing::HasSubstr;

/// As short as can be: what comes out is another test's concern.
std::vector<std::string> short_probe(const std::string& store) {
  return {"probe", "--quick", "--seconds", "0.2", "--threads", "1", "-d", "a-box", "-o", store};
}

TEST(ProbeCommand, AddsItsRowsToAStore) {
  const TempFolder folder;
  const ProgramRun run = run_program(
      {"probe", "--quick", "--seconds", "0.5", "--threads", "1,2", "-o", folder / "s.h5"});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("Bandwidth by footprint"));
  EXPECT_THAT(run.out, HasSubstr("Matrix times vector"));
  EXPECT_THAT(run.out, HasSubstr("rows added to"));
  const calibrate::RowStore store = calibrate::read_row_store(folder / "s.h5");
  EXPECT_TRUE(store.decode.empty());
  std::map<std::string, std::map<int, int>> ops_of_threads;
  for (const auto& stored : store.kernels) {
    EXPECT_EQ(stored.row.runtime, "foretoken-probe");
    EXPECT_FALSE(stored.row.device.empty());
    EXPECT_GT(stored.row.latency_seconds, 0.0);
    ++ops_of_threads[stored.row.op][stored.row.threads];
    EXPECT_THAT(stored.row.notes, HasSubstr("spread "));
  }
  // Each number of threads that was asked for, and no other.
  using Counts = std::map<int, int>;
  EXPECT_EQ(ops_of_threads["gemv"], (Counts{{1, 8}, {2, 8}}));
  EXPECT_EQ(ops_of_threads["attention"], (Counts{{1, 1}, {2, 1}}));
  EXPECT_EQ(ops_of_threads["launch"], (Counts{{2, 1}}));
  EXPECT_EQ(ops_of_threads["read"].size(), 2U);
  EXPECT_GE(ops_of_threads["read"][1], 2);
  EXPECT_GE(ops_of_threads["read"][2], 2);
  EXPECT_EQ(ops_of_threads["read"], ops_of_threads["copy"]);

  ASSERT_EQ(run_program(short_probe(folder / "s.h5")).code, 0);
  const calibrate::RowStore more = calibrate::read_row_store(folder / "s.h5");
  EXPECT_GT(more.kernels.size(), store.kernels.size());
  for (std::size_t i = store.kernels.size(); i < more.kernels.size(); ++i) {
    EXPECT_EQ(more.kernels[i].row.device, "a-box");
    EXPECT_EQ(more.kernels[i].row.threads, 1);
  }
}

TEST(ProbeCommand, RowsCanBeExportedAndComeBack) {
  const TempFolder folder;
  ASSERT_EQ(run_program(short_probe(folder / "a.h5")).code, 0);
  const std::string described = folder / "mine/devices/a-box.yaml";
  ASSERT_EQ(run_program({"probe", "--describe", "--seconds", "0.1", "-o", described}).code, 0);
  ASSERT_EQ(run_program(
                {"export", folder / "a.h5", "-o", folder / "d.csv", "--kernels", folder / "k.csv"})
                .code,
            0);
  const ProgramRun back =
      run_program({"import", folder / "k.csv", "--data", folder / "mine", "-o", folder / "b.h5"});
  EXPECT_EQ(back.code, 0) << back.err;
  EXPECT_THAT(back.out, HasSubstr("used: operators"));
}

TEST(ProbeCommand, DescribesThisMachine) {
  const TempFolder folder;
  std::filesystem::create_directories(folder / "mine/devices");
  const std::string path = folder / "mine/devices/this-box.yaml";
  const ProgramRun run = run_program({"probe", "--describe", "--seconds", "0.1", "-o", path});
  EXPECT_EQ(run.code, 0) << run.err;
  const std::string text = read_text_file(path);
  EXPECT_THAT(text, HasSubstr("id: \"this-box\""));
  EXPECT_THAT(text, HasSubstr("# measured"));
  EXPECT_THAT(text, HasSubstr("# told"));
  const ProgramRun checked = run_program({"check-data", folder / "mine"});
  EXPECT_EQ(checked.code, 0) << checked.out << checked.err;
  EXPECT_EQ(run_program({"predict", "-d", path, "-m", "Qwen3-8B"}).code, 0);
  EXPECT_EQ(
      run_program({"predict", "-d", "this-box", "-m", "Qwen3-8B", "--data", folder / "mine"}).code,
      0);
  // It may have been edited.
  const ProgramRun again = run_program({"probe", "--describe", "--seconds", "0.1", "-o", path});
  EXPECT_EQ(again.code, 3);
  EXPECT_THAT(again.err, HasSubstr("is there already"));
  EXPECT_EQ(read_text_file(path), text);
}

TEST(ProbeCommand, DescribesToTheScreenAndIntoAFolder) {
  const TempFolder folder;
  const ProgramRun shown =
      run_program({"probe", "--describe", "--seconds", "0.1", "-d", "some-box"});
  EXPECT_EQ(shown.code, 0);
  EXPECT_THAT(shown.out, HasSubstr("id: \"some-box\""));
  ASSERT_EQ(run_program(
                {"probe", "--describe", "--seconds", "0.1", "-d", "some-box", "-o", folder.path()})
                .code,
            0);
  EXPECT_TRUE(std::filesystem::exists(folder / "some-box.yaml"));
  const ProgramRun other = run_program(
      {"probe", "--describe", "--seconds", "0.1", "-d", "some-box", "-o", folder / "other.yaml"});
  EXPECT_EQ(other.code, 3);
  EXPECT_THAT(other.err, HasSubstr("belongs into 'some-box.yaml'"));
}

/// The plug-in of the tests, which stands for a GPU, for as long as this lives.
class InventedGpu {
 public:
  InventedGpu() { setenv("FORETOKEN_PLUGINS", CUDA_PLUGIN_FOLDER, 1); }
  ~InventedGpu() { unsetenv("FORETOKEN_PLUGINS"); }
  InventedGpu(const InventedGpu&) = delete;
  InventedGpu& operator=(const InventedGpu&) = delete;
};

TEST(ProbeCommand, DescribesAGpu) {
  const TempFolder folder;
  const InventedGpu gpu;
  std::filesystem::create_directories(folder / "mine/devices");
  const std::string path = folder / "mine/devices/my-gpu.yaml";
  const ProgramRun run = run_program({"probe", "--describe", "--backend", "cuda", "-o", path});
  EXPECT_EQ(run.code, 0) << run.err;
  const std::string text = read_text_file(path);
  EXPECT_THAT(text, HasSubstr("name: \"Invented GPU\"  # told by the driver"));
  EXPECT_THAT(text, HasSubstr("class: gpu\n"));
  EXPECT_THAT(text, HasSubstr("isa: \"sm_89\""));
  // 128 bits at 10 GT/s; 144 of 160 GB/s were read.
  EXPECT_THAT(text, HasSubstr("bandwidth: \"160.0 GB/s\"  # width times rate; measured"));
  EXPECT_THAT(text, HasSubstr("peak:  # assumed"));
  const ProgramRun checked = run_program({"check-data", folder / "mine"});
  EXPECT_EQ(checked.code, 0) << checked.out << checked.err;
  EXPECT_EQ(run_program({"predict", "-d", path, "-m", "Qwen3-8B"}).code, 0);
  // Another file must not be overwritten, nor measured for.
  EXPECT_EQ(run_program({"probe", "--describe", "--backend", "cuda", "-o", path}).code, 3);
}

TEST(ProbeCommand, DescribesAllIntoAFolder) {
  const TempFolder folder;
  const InventedGpu gpu;
  const ProgramRun run = run_program(
      {"probe", "--describe", "--backend", "all", "--seconds", "0.1", "-o", folder.path()});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_TRUE(std::filesystem::exists(folder / "invented-gpu.yaml"));
  std::size_t files = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder.path())) {
    files += static_cast<std::size_t>(file.path().extension() == ".yaml");
  }
  EXPECT_GE(files, 2U);  // the processor
  EXPECT_EQ(run_program({"probe", "--describe", "--backend", "all", "-d", "x"}).code, 2);
  EXPECT_EQ(run_program({"probe", "--describe", "--backend", "all", "-o", folder / "x.yaml"}).code,
            2);
}

TEST(ProbeCommand, WithoutTheGpuADescriptionEndsWithThreeAndTheReason) {
  const TempFolder folder;
  setenv("FORETOKEN_PLUGINS", folder.path().c_str(), 1);
  const ProgramRun run =
      run_program({"probe", "--describe", "--backend", "cuda", "-o", folder / "g.yaml"});
  unsetenv("FORETOKEN_PLUGINS");
  EXPECT_EQ(run.code, 3);
  EXPECT_THAT(run.err, HasSubstr("CUDA"));
  EXPECT_FALSE(std::filesystem::exists(folder / "g.yaml"));
}

TEST(ProbeCommand, WithoutGgmlItSaysSoAndEndsWithThree) {
  const TempFolder folder;
#ifndef FORETOKEN_HAS_GGML
  const ProgramRun run = run_program({"probe", "--backend", "ggml", "-o", folder / "s.h5"});
  EXPECT_EQ(run.code, 3);
  EXPECT_THAT(run.err, HasSubstr("built without ggml"));
  EXPECT_FALSE(std::filesystem::exists(folder / "s.h5"));
#endif
  const ProgramRun described = run_program({"probe", "--backend", "ggml", "--describe"});
  EXPECT_EQ(described.code, 3);
  EXPECT_THAT(described.err, HasSubstr("'--backend cpu' describes"));
}

TEST(ProbeCommand, SaysWhatItCannotDo) {
  const TempFolder folder;
  EXPECT_EQ(run_program({"probe"}).code, 2);
  EXPECT_EQ(run_program({"probe", "--describe", "--quick"}).code, 2);
  EXPECT_EQ(run_program({"probe", "-o", folder / "s.h5", "--backend", "gpu"}).code, 2);
  EXPECT_EQ(run_program({"probe", "-o", folder / "s.h5", "--backend", "all", "-d", "x"}).code, 2);
  EXPECT_EQ(run_program({"probe", "-o", folder / "s.h5", "--threads", "0"}).code, 3);
  EXPECT_EQ(run_program({"probe", "-o", folder / "s.h5", "--seconds", "nan"}).code, 3);
  const ProgramRun nowhere = run_program({"probe", "-o", "/nowhere/s.h5"});
  EXPECT_EQ(nowhere.code, 3);
  EXPECT_THAT(nowhere.err, HasSubstr("there is no folder '/nowhere'"));
  // Before the measuring, not after it.
  const std::string bad = folder.write("bad.h5", "not HDF5");
  const ProgramRun run = run_program({"probe", "-o", bad});
  EXPECT_EQ(run.code, 3);
  EXPECT_EQ(read_text_file(bad), "not HDF5");
}

TEST(ProbeCommand, KilledAtAnyMomentItLeavesAWholeStore) {
  const TempFolder folder;
  ASSERT_EQ(run_program(short_probe(folder / "old.h5")).code, 0);
  const std::string before = read_text_file(folder / "old.h5");
  const std::size_t rows = calibrate::read_row_store(folder / "old.h5").size();
  folder.write("new.h5", before);
  const auto start = std::chrono::steady_clock::now();
  ASSERT_EQ(run_program(short_probe(folder / "new.h5")).code, 0);
  const auto whole = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - start);
  std::mt19937 random(1);
  const int tries = kill_tries(8);
  int old = 0;
  for (int i = 0; i < tries; ++i) {
    folder.write("s.h5", before);
    // Every other one about the end, when the store is written.
    std::uniform_int_distribution<std::int64_t> moment(i % 2 == 0 ? 0 : whole.count() * 9 / 10,
                                                       whole.count() * 11 / 10);
    run_and_kill(short_probe(folder / "s.h5"), std::chrono::microseconds(moment(random)));
    if (read_text_file(folder / "s.h5") == before) {
      ++old;
      continue;
    }
    EXPECT_EQ(calibrate::read_row_store(folder / "s.h5").size(), 2 * rows) << "try " << i;
  }
  EXPECT_GT(old, 0);
  RecordProperty("left_old", old);
  RecordProperty("left_new", tries - old);
}

}  // namespace
}  // namespace foretoken::test
