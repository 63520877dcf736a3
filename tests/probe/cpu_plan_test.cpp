#include "probe/cpu_plan.h"

#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "probe/streams.h"

namespace foretoken::probe {
namespace {

constexpr double kMiB = 1 << 20;

CpuMachine machine_of_eight() {
  return {.cores = 6,
          .threads = 12,
          .l1_bytes = 32768,
          .l2_bytes = 524288,
          .last_level_bytes = 32 * kMiB,
          .pool_bytes = 256 * kMiB,
          .instruction_set = "avx2"};
}

TEST(ThreadCounts, ArePowersOfTwoCoresAndThreads) {
  EXPECT_EQ(thread_counts(machine_of_eight(), {}), (std::vector<int>{1, 2, 4, 6, 8, 12}));
  EXPECT_EQ(thread_counts(machine_of_eight(), {.threads = {3, 1, 3}}), (std::vector<int>{1, 3}));
  EXPECT_EQ(thread_counts(machine_of_eight(), {.threads = {}, .quick = true}),
            (std::vector<int>{1, 6}));
  EXPECT_EQ(thread_counts({.cores = 1, .threads = 1}, {}), std::vector<int>{1});
}

TEST(WantedPool, IsSeveralCaches) {
  EXPECT_EQ(wanted_pool(machine_of_eight(), {}), 256 * kMiB);
  CpuMachine large = machine_of_eight();
  large.last_level_bytes = 100 * kMiB;
  EXPECT_EQ(wanted_pool(large, {}), 400 * kMiB);
}

TEST(CpuPlan, HasEveryKindOfCase) {
  const std::vector<Sample> plan = cpu_plan(machine_of_eight(), {});
  std::set<Kernel> kinds;
  std::set<std::string> formats;
  std::set<std::pair<double, double>> shapes;
  for (const Sample& sample : plan) {
    kinds.insert(sample.kernel);
    if (sample.kernel != Kernel::Gemv) continue;
    formats.insert(sample.weight_format);
    shapes.insert({sample.n, sample.k});
    EXPECT_EQ(sample.m, 1);
    EXPECT_GE(sample.footprint, 4 * 32 * kMiB);
  }
  EXPECT_EQ(kinds.size(), 5U);
  EXPECT_EQ(formats.size(), 8U);
  EXPECT_EQ(shapes.size(), 8U);
}

TEST(CpuPlan, OfAQ4KMatrix) {
  for (const Sample& sample : cpu_plan(machine_of_eight(), {.threads = {2}})) {
    if (sample.weight_format != "Q4_K" || sample.n != 4096 || sample.k != 4096) continue;
    EXPECT_EQ(sample.name, "gemv_q4_k_avx2");
    EXPECT_EQ(sample.activation_format, "INT8");
    EXPECT_EQ(sample.bytes, 4096.0 * 4096 * 4.5 / 8 + 2 * 4096 * 4);
    EXPECT_EQ(sample.footprint, 28 * 4096.0 * 4096 * 4.5 / 8);
    return;
  }
  FAIL() << "no such case";
}

TEST(CpuPlan, RowsAreInterleavedWhereThatIsFaster) {
  CpuMachine machine = machine_of_eight();
  for (const bool interleaves : {false, true}) {
    machine.interleaves_rows = interleaves;
    for (const Sample& sample : cpu_plan(machine, {})) {
      if (sample.kernel != Kernel::Gemv) continue;
      const bool has_both = sample.weight_format == "Q4_0" || sample.weight_format == "Q4_K";
      EXPECT_EQ(sample.interleaved, interleaves && has_both) << sample.name;
      EXPECT_EQ(sample.name.find("8x8") != std::string::npos, sample.interleaved) << sample.name;
      EXPECT_EQ(data_format(sample), interleaves && sample.weight_format == "Q4_K"
                                         ? WeightFormat::Q4_K_8x8
                                         : data_format(sample));
    }
  }
}

TEST(CpuPlan, PrefetchesLargeQ8MatricesOnAllThreads) {
  std::size_t prefetched = 0;
  for (const Sample& sample : cpu_plan(machine_of_eight(), {})) {
    if (!sample.prefetched) continue;
    ++prefetched;
    EXPECT_EQ(sample.weight_format, "Q8_0");
    EXPECT_EQ(sample.name, "prefetching_gemv_q8_0_avx2");
    EXPECT_EQ(sample.threads, 12);
    EXPECT_GT(sample.bytes, 15e6);
  }
  EXPECT_EQ(prefetched, 5U);
}

TEST(CpuPlan, OneThreadHasNoBarrier) {
  for (const Sample& sample : cpu_plan(machine_of_eight(), {})) {
    EXPECT_FALSE(sample.kernel == Kernel::Launch && sample.threads == 1);
  }
}

RC_GTEST_PROP(CpuPlan, FitsAnyMachine, ()) {
  const auto log_bytes = rc::gen::inRange(12, 33);
  const int cores = *rc::gen::inRange(1, 200);
  CpuMachine machine{.cores = cores, .threads = cores * *rc::gen::inRange(1, 3)};
  machine.l1_bytes = *rc::gen::element(0.0, 32768.0, 131072.0);
  machine.l2_bytes = *rc::gen::element(0.0, 262144.0, 4.0 * kMiB);
  machine.last_level_bytes = *rc::gen::element(0.0, 1.0) * std::exp2(*log_bytes);
  machine.pool_bytes = 2 * kMiB * *rc::gen::inRange(8, 512);
  const CpuProbeOptions options{.threads = {}, .quick = *rc::gen::arbitrary<bool>()};
  const std::vector<Sample> plan = cpu_plan(machine, options);
  RC_ASSERT(!plan.empty());
  for (const Sample& sample : plan) {
    RC_ASSERT(sample.threads >= 1);
    RC_ASSERT(!sample.name.empty());
    if (sample.kernel == Kernel::Launch) continue;
    RC_ASSERT(sample.bytes > 0.0);
    RC_ASSERT(sample.footprint > 0.0);
    RC_ASSERT(sample.footprint <= machine.pool_bytes);
    RC_ASSERT(static_cast<double>(operand_bytes(sample)) <= machine.pool_bytes);
    if (sample.kernel == Kernel::Read || sample.kernel == Kernel::Copy) {
      // Whole steps for each thread, for both sides of a copy.
      const auto step = 2 * kStreamStep * static_cast<std::size_t>(sample.threads);
      RC_ASSERT(static_cast<std::size_t>(sample.bytes) % step == 0U);
    }
  }
}

}  // namespace
}  // namespace foretoken::probe
