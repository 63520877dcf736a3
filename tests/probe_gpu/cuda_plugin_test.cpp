#include "probe/cuda_plugin.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "probe/cuda_backend.h"

namespace foretoken::probe {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string plugin_at(const std::string& version) {
  return std::string(PLUGINS_DIR) + "/" + version + "/foretoken_cuda.so";
}

template <typename Action>
std::string error_of(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(CudaPluginPaths, VariableFirstThenTheProgramsFolderThenTheLoader) {
  EXPECT_THAT(cuda_plugin_paths("/a::/b/", "/opt/bin"),
              ElementsAre("/a/foretoken_cuda.so", "/b/foretoken_cuda.so",
                          "/opt/bin/foretoken_cuda.so", "foretoken_cuda.so"));
  EXPECT_THAT(cuda_plugin_paths("", ""), ElementsAre("foretoken_cuda.so"));
}

TEST(CudaPlugin, AMissingOneSaysWhereItWasLookedForAndWhatToDo) {
  EXPECT_EQ(error_of([] {
              open_cuda_plugin({"/nowhere/foretoken_cuda.so", "no_such_plugin.so"});
            }),
            "the CUDA plug-in is not there (looked for /nowhere/foretoken_cuda.so, "
            "no_such_plugin.so): build it with CUDA's compiler, see docs/probe.md, and put it "
            "beside the program or in a folder that FORETOKEN_PLUGINS names");
}

TEST(CudaPlugin, AnotherVersionIsRefused) {
  EXPECT_EQ(error_of([] { open_cuda_plugin({plugin_at("wrong")}); }),
            "the CUDA plug-in '" + plugin_at("wrong") +
                "' is of version 999, this program needs version 1: build it anew");
}

TEST(CudaPlugin, AFileThatIsNoLibraryIsRefused) {
  const auto path = std::filesystem::temp_directory_path() / "foretoken_no_library.so";
  std::ofstream(path) << "not a library";
  EXPECT_THAT(error_of([&] { open_cuda_plugin({path}); }),
              HasSubstr("the CUDA plug-in '" + path.string() + "' cannot be opened: "));
  std::filesystem::remove(path);
}

TEST(CudaPlugin, ALibraryOfAnotherKindIsRefused) {
  EXPECT_EQ(error_of([] { open_cuda_plugin({"libm.so.6"}); }),
            "'libm.so.6' is no CUDA plug-in: it has no 'foretoken_cuda_abi'");
}

TEST(CudaBackend, FactsOfTheDevice) {
  const CudaPlugin plugin = open_cuda_plugin({"/nowhere/a.so", plugin_at("right")});
  const GpuFacts facts = describe_cuda(plugin, 0);
  EXPECT_EQ(facts.name, "Invented GPU");
  EXPECT_EQ(facts.platform, "CUDA 12.4");
  EXPECT_EQ(facts.compute_capability, "8.9");
  EXPECT_EQ(facts.units, 10);
  EXPECT_EQ(facts.clock_hertz, 2e9);
  EXPECT_EQ(error_of([&] { describe_cuda(plugin, 1); }), "CUDA: there is no such device");
}

TEST(CudaBackend, SamplesWarningsAndProgressComeThrough) {
  const CudaPlugin plugin = open_cuda_plugin({plugin_at("right")});
  std::vector<std::string> steps;
  const Findings findings =
      probe_cuda(plugin, {}, [&](std::size_t done, std::size_t planned, const std::string& now) {
        steps.push_back(std::to_string(done) + "/" + std::to_string(planned) + " " + now);
      });
  EXPECT_EQ(findings.backend, "cuda");
  EXPECT_EQ(findings.device, "Invented GPU");
  EXPECT_EQ(findings.driver, "1.2.3, CUDA 12.4");
  ASSERT_EQ(findings.samples.size(), 2U);
  EXPECT_EQ(findings.samples[0].kernel, Kernel::Launch);
  EXPECT_EQ(findings.samples[0].seconds, 2e-6);
  EXPECT_EQ(findings.samples[0].weight_format, "");
  EXPECT_EQ(findings.samples[1].kernel, Kernel::Gemv);
  EXPECT_EQ(findings.samples[1].weight_format, "Q4_K");
  EXPECT_EQ(findings.samples[1].n, 64);
  EXPECT_TRUE(findings.samples[1].noisy);
  EXPECT_THAT(findings.warnings, ElementsAre("It was warm."));
  EXPECT_THAT(steps, ElementsAre("0/2 a launch", "1/2 a matrix"));
}

TEST(CudaBackend, FaultsOfTheDeviceAndOfTheCallbacksComeOutAsErrors) {
  const CudaPlugin plugin = open_cuda_plugin({plugin_at("right")});
  GpuProbeOptions options;
  options.only = "break";
  EXPECT_EQ(error_of([&] { probe_cuda(plugin, options, {}); }),
            "CUDA: the device fell off the bus");
  options.only = "unknown";
  EXPECT_EQ(error_of([&] { probe_cuda(plugin, options, {}); }),
            "the CUDA plug-in '" + plugin.path + "' tells of an unknown kernel 77");
  options.only = "";
  EXPECT_EQ(error_of([&] {
              probe_cuda(plugin, options, [](std::size_t, std::size_t, const std::string&) {
                throw Error("stopped by the user");
              });
            }),
            "stopped by the user");
}

}  // namespace
}  // namespace foretoken::probe
