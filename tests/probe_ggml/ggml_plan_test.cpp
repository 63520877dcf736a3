#include "probe/ggml_plan.h"

#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "probe/gemv.h"
#include "probe/weight_data.h"

namespace foretoken::probe {
namespace {

CpuMachine machine() {
  return {.cores = 2,
          .threads = 4,
          .last_level_bytes = 32e6,
          .pool_bytes = 256e6,
          .instruction_set = "avx2",
          .interleaves_rows = true};
}

TEST(GgmlPlan, HasTheMatricesOfTheProcessorsPlanInFormatsOfGguf) {
  std::set<std::string> formats;
  std::set<std::pair<double, double>> shapes;
  std::set<int> threads;
  for (const Sample& sample : ggml_plan(machine(), {})) {
    if (sample.kernel != Kernel::Gemv) continue;
    formats.insert(sample.weight_format);
    shapes.insert({sample.n, sample.k});
    threads.insert(sample.threads);
    EXPECT_EQ(sample.activation_format, "F32");
    EXPECT_FALSE(sample.interleaved);
    EXPECT_FALSE(sample.prefetched);
    EXPECT_GE(sample.footprint, streamed_bytes(sample));
    EXPECT_LE(sample.footprint, machine().pool_bytes);
  }
  EXPECT_EQ(formats, (std::set<std::string>{"F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_K", "Q6_K"}));
  EXPECT_EQ(shapes.size(), 8U);
  EXPECT_EQ(threads, (std::set<int>{1, 2, 4}));
}

TEST(GgmlPlan, HasAttentionOverTwoFormats) {
  std::size_t halves = 0;
  std::size_t bytes = 0;
  for (const Sample& sample : ggml_plan(machine(), {})) {
    if (sample.kernel != Kernel::Attention) continue;
    const double values = 2.0 * sample.kv_len * sample.heads_kv * sample.head_dim;
    const bool half = sample.kv_format == "F16";
    EXPECT_EQ(sample.bytes, half ? 2.0 * values : values / 32.0 * 34.0);
    ++(half ? halves : bytes);
  }
  EXPECT_EQ(halves, 3U * 4U * 3U);  // heads, lengths, threads
  EXPECT_EQ(bytes, halves);
}

TEST(GgmlPlan, CasesThatShareOperandsFollowEachOther) {
  std::set<std::string> seen;
  std::string last;
  for (const Sample& sample : ggml_plan(machine(), {})) {
    const std::string operands = sample.name + " " + std::to_string(sample.n) + " " +
                                 std::to_string(sample.k) + " " + std::to_string(sample.heads_q) +
                                 " " + std::to_string(sample.head_dim) + " " +
                                 std::to_string(sample.kv_len);
    if (operands != last) {
      EXPECT_TRUE(seen.insert(operands).second) << operands;
    }
    last = operands;
  }
}

TEST(ExactActivations, AreHeldExactlyByEveryFormOfActivations) {
  constexpr std::size_t kCount = 4096;
  const std::vector<float> x = exact_activations(kCount, 1.0F / 64);
  for (const ActivationFormat format : {ActivationFormat::F16, ActivationFormat::BF16,
                                        ActivationFormat::Q8_0, ActivationFormat::Q8_K}) {
    std::vector<std::byte> written(activation_bytes(format, kCount));
    quantize_activations(format, x.data(), kCount, 0, 1, written.data());
    const std::vector<double> held = activation_values(format, written.data(), kCount);
    for (std::size_t i = 0; i < kCount; ++i) {
      ASSERT_EQ(held[i], static_cast<double>(x[i])) << static_cast<int>(format) << " " << i;
    }
  }
}

}  // namespace
}  // namespace foretoken::probe
