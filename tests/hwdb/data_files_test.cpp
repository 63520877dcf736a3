// Every device and runtime file of the product's data.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hwdb/catalog.h"
#include "hwdb/device_checks.h"
#include "hwdb/runtime_catalog.h"
#include "hwdb/runtime_checks.h"
#include "tests/hwdb/faults_of.h"

namespace foretoken::hwdb {
namespace {

const std::string kDevices = FORETOKEN_DATA_DIR "/devices";
const std::string kRuntimes = FORETOKEN_DATA_DIR "/runtimes";

const Catalog& devices() {
  static const Catalog kCatalog = Catalog::read({kDevices});
  return kCatalog;
}

const RuntimeCatalog& runtimes() {
  static const RuntimeCatalog kCatalog = RuntimeCatalog::read({kRuntimes});
  return kCatalog;
}

TEST(DataFiles, DevicesAreClean) {
  EXPECT_EQ(text_of(device_folder_faults(kDevices)), "");
  EXPECT_GE(devices().size(), 296u);
}

TEST(DataFiles, RuntimesAreClean) { EXPECT_EQ(text_of(runtime_folder_faults(kRuntimes)), ""); }

TEST(DataFiles, EveryDeviceHasADefaultRuntimeThatRunsOnIt) {
  for (const Device& device : devices().devices()) {
    const Runtime& runtime = runtimes().default_for(device);
    EXPECT_TRUE(runtime.supports(device)) << device.id << " " << runtime.id;
  }
}

struct Known {
  const char* name;
  const char* id;
};

class DeviceName : public testing::TestWithParam<Known> {};

TEST_P(DeviceName, Resolves) { EXPECT_EQ(devices().find(GetParam().name).id, GetParam().id); }

INSTANTIATE_TEST_SUITE_P(
    Usual, DeviceName,
    testing::Values(
        Known{"RTX 4090", "nvidia-rtx-4090"}, Known{"rtx4090", "nvidia-rtx-4090"},
        Known{"rtx-4090", "nvidia-rtx-4090"}, Known{"NVIDIA GeForce RTX 4090", "nvidia-rtx-4090"},
        Known{"RTX 4090 Laptop", "nvidia-rtx-4090-laptop"}, Known{"m3 max", "apple-m3-max-gpu-40"},
        Known{"M3 Max ANE", "apple-m3-max-ane"}, Known{"rk3588", "rockchip-rk3588-npu"},
        Known{"RK3588 CPU", "rockchip-rk3588-cpu"}, Known{"h200", "nvidia-h200-sxm-141gb"},
        Known{"h100", "nvidia-h100-sxm5-80gb"}, Known{"a100-80gb", "nvidia-a100-sxm4-80gb"},
        Known{"7900 XTX", "amd-rx-7900-xtx"}, Known{"strix halo", "amd-radeon-8060s"},
        Known{"dgx spark", "nvidia-gb10-dgx-spark"},
        Known{"Ryzen AI Max+ 395 NPU", "amd-xdna2-ryzen-ai-max-395"},
        Known{"raspberry pi 5", "raspberry-pi-5"},
        Known{"Snapdragon 8 Elite NPU", "snapdragon-8-elite-hexagon"},
        Known{"B580", "intel-arc-b580"}, Known{"7950x", "amd-ryzen-9-7950x"}));

struct KnownPool {
  const char* runtime;
  const char* device;
  const char* pool;
};

class RuntimeName : public testing::TestWithParam<KnownPool> {};

TEST_P(RuntimeName, ResolvesToAPool) {
  const Runtime& runtime =
      runtimes().find_for(GetParam().runtime, devices().find(GetParam().device));
  EXPECT_EQ(runtime.pool_of(devices().find(GetParam().device)), GetParam().pool);
}

INSTANTIATE_TEST_SUITE_P(
    Usual, RuntimeName,
    testing::Values(KnownPool{"", "rtx 4090", "llama.cpp-cuda"},
                    KnownPool{"ollama", "rtx 4090", "llama.cpp-cuda"},
                    KnownPool{"ollama", "m3 max", "llama.cpp-metal"},
                    KnownPool{"ollama", "raspberry pi 5", "cpu"},
                    KnownPool{"llama.cpp-hip", "7900 xtx", "llama.cpp-gpu"},
                    KnownPool{"llama.cpp-vulkan_radv", "strix halo", "llama.cpp-gpu"},
                    KnownPool{"", "m3 max", "llama.cpp-metal"},
                    KnownPool{"mlx-lm", "m3 max", "mlx"}, KnownPool{"", "rk3588", "rockchip-npu"},
                    KnownPool{"genie", "Snapdragon 8 Elite NPU", "qualcomm-npu"},
                    KnownPool{"", "Ryzen AI Max+ 395 NPU", "amd-npu"},
                    KnownPool{"", "M3 Max ANE", "apple-npu"},
                    KnownPool{"TensorRT-LLM", "h200", "serving"},
                    KnownPool{"openvino", "Arc 140V", "igpu-other"},
                    KnownPool{"", "Core Ultra 7 258V NPU", "intel-npu"},
                    KnownPool{"transformers", "a100-80gb", "gpu-other"}));

TEST(DataFiles, EveryRuntimeSaysHowItsFilesLayWeightsOut) {
  for (const Runtime& runtime : runtimes().runtimes()) {
    EXPECT_TRUE(runtime.weight_layout.has_value()) << runtime.id;
  }
}

TEST(DataFiles, ARuntimeOnTheWrongDeviceIsRefusedWithTheOnesThatDo) {
  EXPECT_THAT(message_of([] { runtimes().find_for("rkllm", devices().find("rtx 4090")); }),
              testing::HasSubstr("runtime 'rkllm' does not run on 'nvidia-rtx-4090' (gpu of vendor "
                                 "'NVIDIA'); these do: autoawq, autogptq"));
}

}  // namespace
}  // namespace foretoken::hwdb
