#include <gtest/gtest.h>

#include "sim/library.h"
#include "sim/memory_fit.h"

namespace foretoken::sim {
namespace {

constexpr double kMiB = 1048576.0;

const Library& shipped() {
  static const Library library = read_library({FORETOKEN_DATA_DIR}, false);
  return library;
}

MemoryFit fit_of(const char* model, const char* device, const char* runtime, double tokens,
                 bool flash, const char* scheme = "Q4_0") {
  Request request;
  request.llm = shipped().models.known(model);
  request.device = shipped().devices.lookup(device);
  request.runtime = shipped().runtimes.lookup(runtime);
  request.scheme = scheme;
  request.gen_tokens = tokens;
  request.facts.flash_attention = flash;
  return memory_fit(request, shipped().schemes.assign(scheme, *request.llm, shipped().formats),
                    shipped().formats);
}

double compute_mib(const char* model, double tokens, bool flash) {
  return fit_of(model, "nvidia-rtx-4090", "llama.cpp-cuda", tokens, flash).compute.base() / kMiB;
}

// "compute buffer size" as llama.cpp prints it when it loads a model, with 512 tokens a pass.
TEST(MemoryBuffers, ComputeBuffersAreThoseThatLlamaCppPrints) {
  EXPECT_NEAR(compute_mib("llama-3-8b", 8192, true), 258.5, 0.1);
  EXPECT_NEAR(compute_mib("llama-3-8b", 8192, false), 560, 16);
  EXPECT_NEAR(compute_mib("qwen2.5-7b", 4096, true), 304, 1);
  EXPECT_NEAR(compute_mib("llama-2-7b", 512, false), 70.5, 0.1);
}

TEST(MemoryBuffers, APassIsNoLongerThanTheCache) {
  EXPECT_NEAR(compute_mib("llama-3-8b", 64, true), 258.5 / 8, 0.1);
}

TEST(MemoryBuffers, CachesConsistOfCells) {
  const double cell = 2.0 * 2.0 * 32 * 8 * 128;  // F16 keys and values of llama-3-8b, a token
  const auto tokens = [&](double asked, bool flash) {
    return fit_of("llama-3-8b", "nvidia-rtx-4090", "llama.cpp-cuda", asked, flash).kv.base() / cell;
  };
  EXPECT_DOUBLE_EQ(tokens(257, true), 512);
  EXPECT_DOUBLE_EQ(tokens(257, false), 288);
  EXPECT_DOUBLE_EQ(tokens(256, true), 256);
}

TEST(MemoryBuffers, GraphicsCardsLeaveTheTableInTheFile) {
  const auto fit = [](const char* model, const char* device, const char* runtime) {
    return fit_of(model, device, runtime, 512, true);
  };
  const MemoryFit card = fit("llama-2-7b", "nvidia-rtx-4090", "llama.cpp-cuda");
  EXPECT_NEAR(card.host_tables.base(), 32000.0 * 4096 * 18 / 32, 1e3);
  // The log of a real run: 3577.55 MiB of 3647.87.
  EXPECT_NEAR(card.weights.base() / kMiB, 3577, 3);
  const MemoryFit metal = fit("llama-2-7b", "apple-m2-ultra-gpu-76", "llama.cpp-metal");
  EXPECT_EQ(metal.host_tables.base(), 0);
  EXPECT_NEAR((metal.weights - card.weights - card.host_tables).base(), 0, 1);
  const MemoryFit cpu = fit("llama-2-7b", "amd-ryzen-9-7950x", "llama.cpp-cpu");
  EXPECT_EQ(cpu.host_tables.base(), 0);
}

TEST(MemoryBuffers, ATiedTableIsTheOutputMatrixToo) {
  const MemoryFit card =
      fit_of("llama-3.2-1b", "nvidia-rtx-4090", "llama.cpp-cuda", 512, true, "Q8_0");
  EXPECT_EQ(card.host_tables.base(), 0);
  // Vulkan keeps the looked-up copy in memory that a built-in GPU's driver counts as well.
  const MemoryFit pinned =
      fit_of("llama-3.2-1b", "amd-radeon-8060s", "llama.cpp-vulkan", 512, true, "Q8_0");
  EXPECT_NEAR((pinned.weights - card.weights).base(), 128256.0 * 2048 * 34 / 32, 1e3);
}

TEST(MemoryBuffers, RkllmLeavesTablesInTheFile) {
  const MemoryFit npu = fit_of("gemma-3n-e2b", "rockchip-rk3588-npu", "rkllm", 192, true, "w8a8");
  EXPECT_GT(npu.host_tables.base(), 3e9);  // per-layer tables
  EXPECT_LT(npu.weights.base(), 2.7e9);
}

TEST(MemoryBuffers, WindowedLayersKeepTheirWindowAndOnePass) {
  // Gemma 3 1B: 1 KV head of 256; windows of 512 tokens in 22 of its 26 layers.
  const MemoryFit fit =
      fit_of("gemma-3-1b", "nvidia-rtx-4090", "llama.cpp-cuda", 8192, true, "Q8_0");
  const double token = 2.0 * 2.0 * 256;
  EXPECT_DOUBLE_EQ(fit.kv.base(), token * (22 * 1024 + 4 * 8192.0));
}

}  // namespace
}  // namespace foretoken::sim
