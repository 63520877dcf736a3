#include "probe/cpu_probe.h"

#include <set>

#include <gtest/gtest.h>

#include "probe/core_clock.h"
#include "probe/cpu_kernel.h"
#include "probe/weight_data.h"

namespace foretoken::probe {
namespace {

TEST(CpuProbe, MeasuresEveryCaseOfItsPlan) {
  const Host host = read_host("", allowed_cpus());
  // Three threads: rows do not divide evenly, and small machines have fewer cores.
  const CpuProbeOptions options{.threads = {1, 3}, .seconds = 0.5, .quick = true};
  std::size_t last = 0;
  const Findings findings =
      probe_cpu(host, options, [&](std::size_t done, std::size_t all, const std::string&) {
        EXPECT_LE(last, done);
        EXPECT_LE(done, all);
        last = done;
      });
  EXPECT_EQ(findings.backend, "cpu");
  EXPECT_FALSE(findings.device.empty());
  EXPECT_EQ(3 * findings.samples.size(), last);  // in three rounds; none was left out
  std::set<std::string> formats;
  for (const Sample& sample : findings.samples) {
    EXPECT_GT(sample.seconds, 0.0) << sample.name;
    EXPECT_GE(sample.spread, 0.0);
    EXPECT_GE(sample.repeats, 5);
    EXPECT_GT(sample.clock_hertz, 0.0);
    EXPECT_LT(sample.error, 1e-4) << sample.name;
    formats.insert(sample.weight_format);
  }
  EXPECT_EQ(formats.size(), 8U + 1U);
}

TEST(FastestRead, IsPositive) { EXPECT_GT(fastest_read(read_host("", allowed_cpus()), 0.05), 1e6); }

TEST(CoreClock, IsThatOfAProcessor) {
  EXPECT_GT(core_clock(), 1e6);
  EXPECT_LT(core_clock(), 2e10);
}

class EveryFormatOnTeams : public testing::TestWithParam<WeightFormatFacts> {};

TEST_P(EveryFormatOnTeams, OddRowsOverAnyTeam) {
  MemoryPool pool(std::size_t{8} << 20U);
  constexpr std::size_t kLength = 512;
  pool.fill(random_weights(GetParam().format, 3 * GetParam().rows, kLength, 9));
  for (const int threads : {1, 2, 3, 5}) {
    ThreadTeam team(threads, 2);
    for (const double groups : {1.0, 2.0, 37.0}) {
      const double n = groups * static_cast<double>(GetParam().rows);
      const Sample sample{.kernel = Kernel::Gemv,
                          .weight_format = std::string(GetParam().name),
                          .interleaved = GetParam().rows > 1,
                          .n = n,
                          .k = kLength,
                          .threads = threads};
      const auto kernel = make_cpu_kernel(sample, pool, team);
      EXPECT_GT(kernel->timed_calls(3).seconds, 0.0);
      EXPECT_LT(kernel->error(), 1e-5) << "n " << n << ", threads " << threads;
    }
  }
}

TEST_P(EveryFormatOnTeams, WrongWeightsAreSeen) {
  MemoryPool pool(std::size_t{8} << 20U);
  constexpr std::size_t kLength = 512;
  pool.fill(random_weights(GetParam().format, 3 * GetParam().rows, kLength, 9));
  ThreadTeam team(2, 2);
  const Sample sample{.kernel = Kernel::Gemv,
                      .weight_format = std::string(GetParam().name),
                      .interleaved = GetParam().rows > 1,
                      .n = 64,
                      .k = kLength,
                      .threads = 2};
  const auto kernel = make_cpu_kernel(sample, pool, team);
  kernel->timed_calls(1);
  pool.fill(random_weights(GetParam().format, 3 * GetParam().rows, kLength, 10));
  EXPECT_GT(kernel->error(), 1e-3);
}

INSTANTIATE_TEST_SUITE_P(Teams, EveryFormatOnTeams, testing::ValuesIn(kWeightFormats),
                         [](const auto& tested) { return std::string(tested.param.short_name); });

TEST(CpuKernel, AttentionOnTeamsLargerThanItsHeads) {
  MemoryPool pool(std::size_t{8} << 20U);
  pool.fill(random_weights(WeightFormat::F16, 1, 4096, 2));
  for (const int threads : {1, 3, 20}) {
    ThreadTeam team(threads, 2);
    const Sample sample{.kernel = Kernel::Attention,
                        .heads_q = 14,
                        .heads_kv = 2,
                        .head_dim = 64,
                        .kv_len = 100,
                        .threads = threads};
    const auto kernel = make_cpu_kernel(sample, pool, team);
    kernel->timed_calls(2);
    EXPECT_LT(kernel->error(), 1e-4) << threads;
  }
}

}  // namespace
}  // namespace foretoken::probe
