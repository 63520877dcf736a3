#include "probe/ggml_backend.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probe/ggml_cases.h"
#include "probe/ggml_kernel.h"
#include "probe/ggml_plan.h"
#include "probe/row_pattern.h"
#include "tests/probe_ggml/stand_in/stand_in.h"
#include "tests/support/thrown.h"

namespace foretoken::probe {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

class Ggml : public testing::Test {
 protected:
  Ggml() {
    stand_in::behaviour = {};
    stand_in::seen = {};
  }
  /// Nothing may be left behind, whatever was thrown.
  ~Ggml() override {
    EXPECT_EQ(stand_in::seen.pools, 0);
    EXPECT_EQ(stand_in::seen.buffers, 0);
    EXPECT_EQ(stand_in::seen.backends, 0);
  }

  static Findings timed(const std::vector<int>& threads) {
    std::vector<Sample> plan;
    for (const Sample& sample : cases()) {
      for (const int count : threads) {
        plan.push_back(sample);
        plan.back().threads = count;
      }
    }
    Findings findings;
    time_ggml(plan, {.pool_bytes = 1 << 20}, 0.05, {}, findings);
    return findings;
  }

  static Sample product(const WeightFormatFacts& facts, double m, double n, double copies) {
    Sample sample{.kernel = Kernel::Gemv,
                  .name = std::string(facts.name),
                  .weight_format = std::string(facts.name),
                  .m = m,
                  .n = n,
                  .k = 512,
                  .threads = 1};
    sample.footprint = copies * streamed_bytes(sample);
    return sample;
  }

  static Sample attention(const std::string& kv_format, double copies) {
    Sample sample{.kernel = Kernel::Attention,
                  .name = kv_format + " cache",
                  .kv_format = kv_format,
                  .m = 1,
                  .heads_q = 6,
                  .heads_kv = 2,
                  .head_dim = 64,
                  .kv_len = 77,
                  .threads = 1};
    sample.footprint = copies * streamed_bytes(sample);
    return sample;
  }

  /// Of a call after some others.
  static double error_of(const Sample& sample) {
    GgmlProcessor processor;
    processor.use_threads(sample.threads);
    GgmlMemory memory(memory_of(sample, processor), std::size_t{1} << 20U);
    const auto kernel = make_ggml_kernel(sample, processor, memory);
    kernel->timed_calls(5);
    return kernel->error();
  }

  static std::vector<Sample> cases() {
    std::vector<Sample> all{attention("F16", 3), attention("Q8_0", 2)};
    for (const WeightFormatFacts& facts : kWeightFormats) {
      if (facts.rows == 1 && facts.format != WeightFormat::Int8Channel) {
        all.push_back(product(facts, 1, 64, 3));
      }
    }
    return all;
  }
};

TEST_F(Ggml, TimesEveryCase) {
  const Findings findings = timed({1, 2});
  EXPECT_EQ(stand_in::seen.threads, (std::set<int>{1, 2}));
  std::map<std::string, int> cases;
  for (const Sample& sample : findings.samples) {
    ++cases[sample.name];
    EXPECT_GT(sample.seconds, 0.0);
    EXPECT_GE(sample.repeats, 2 * 5);  // in two rounds
    EXPECT_GT(sample.clock_hertz, 0.0);
    EXPECT_LT(sample.error, 1e-6) << sample.name;
  }
  // Where weights are rearranged, as engines would have them, the name says so.
  EXPECT_EQ(cases, (std::map<std::string, int>{{"F16", 2},
                                               {"F16 cache", 2},
                                               {"Q8_0 cache", 2},
                                               {"F32", 2},
                                               {"BF16", 2},
                                               {"Q8_0", 2},
                                               {"Q4_0_CPU_REPACK", 2},
                                               {"Q4_K_CPU_REPACK", 2},
                                               {"Q6_K", 2}}));
}

/// The whole of it, over operators that take no time.
TEST_F(Ggml, WrongKernelsAreLeftOutAndNamed) {
  stand_in::behaviour.writes_nothing = true;
  const CpuProbeOptions options{.threads = {1}, .seconds = 0.05, .quick = true};
  const Findings findings = probe_ggml(read_host("", allowed_cpus()), options, {});
  EXPECT_EQ(findings.backend, "ggml");
  EXPECT_EQ(findings.driver, "ggml 0.stand-in");
  EXPECT_TRUE(findings.samples.empty());
  EXPECT_THAT(findings.warnings, Contains(HasSubstr("Q6_K 2048x2048, 1 thread is left out")));
  EXPECT_THAT(findings.warnings,
              Contains(HasSubstr("attention over 1024 in Q8_0, 1 thread is left out")));
  EXPECT_GE(findings.warnings.size(), 9U);
}

TEST_F(Ggml, ResultsMeetTheirReference) {
  for (const Sample& sample : cases()) EXPECT_LT(error_of(sample), 1e-6) << sample.weight_format;
  // Several token rows, and rows that do not come in eights.
  EXPECT_LT(error_of(product(facts_of(WeightFormat::Q8_0), 3, 37, 2)), 1e-6);
  EXPECT_LT(error_of(product(facts_of(WeightFormat::Q4_0), 2, 37, 2)), 1e-6);
}

TEST_F(Ggml, WrongResultsAreSeen) {
  stand_in::behaviour.reads_wrong_weights = true;
  stand_in::behaviour.reads_wrong_values = true;
  for (const Sample& sample : cases()) EXPECT_GT(error_of(sample), 0.05) << sample.weight_format;
  stand_in::behaviour = {};
  stand_in::behaviour.writes_nothing = true;
  for (const Sample& sample : cases()) EXPECT_GT(error_of(sample), 1e9) << sample.weight_format;
}

TEST_F(Ggml, WeightsAreLaidWhereEnginesLayThem) {
  error_of(product(facts_of(WeightFormat::Q4_0), 1, 64, 3));
  EXPECT_EQ(stand_in::seen.rearranged, 3);
  error_of(product(facts_of(WeightFormat::Q6_K), 1, 64, 3));
  error_of(product(facts_of(WeightFormat::Q4_0), 1, 60, 3));
  EXPECT_EQ(stand_in::seen.rearranged, 3);
}

TEST_F(Ggml, WeightsThatGrowAreLaidAsOftenAsTheyFit) {
  const Sample sample = product(facts_of(WeightFormat::Q4_0), 1, 64, 3);
  GgmlProcessor processor;
  processor.use_threads(1);
  GgmlMemory memory(memory_of(sample, processor), static_cast<std::size_t>(sample.footprint));
  EXPECT_LT(make_ggml_kernel(sample, processor, memory)->error(), 1e-6);
  EXPECT_EQ(stand_in::seen.rearranged, 2);
}

TEST_F(Ggml, CallsTakeTheCopiesInTurn) {
  const Sample sample = product(facts_of(WeightFormat::Q8_0), 1, 64, 3);
  GgmlProcessor processor;
  processor.use_threads(1);
  GgmlMemory memory(memory_of(sample, processor), std::size_t{1} << 20U);
  const auto kernel = make_ggml_kernel(sample, processor, memory);
  std::vector<const void*> weights;
  for (const std::size_t calls : {2U, 5U}) {
    stand_in::seen.weights.clear();
    kernel->timed_calls(calls);
    weights.insert(weights.end(), stand_in::seen.weights.begin(), stand_in::seen.weights.end());
  }
  ASSERT_EQ(weights.size(), 7U);
  EXPECT_EQ(std::set<const void*>(weights.begin(), weights.end()).size(), 3U);
  for (std::size_t i = 3; i < weights.size(); ++i) EXPECT_EQ(weights[i], weights[i - 3]);
}

TEST_F(Ggml, WhatItLacksIsLeftOutAndNamed) {
  stand_in::behaviour.lacks = GGML_TYPE_Q8_0;
  const Findings findings = timed({1, 2});
  EXPECT_EQ(findings.samples.size(), 2U * 7U);
  EXPECT_THAT(findings.warnings, Contains(HasSubstr("Q8_0 is left out: this ggml")));
  EXPECT_THAT(findings.warnings, Contains(HasSubstr("Q8_0 cache is left out: this ggml")));
}

TEST_F(Ggml, BackendsThatMustBeLoadedAreLoaded) {
  stand_in::behaviour.needs_loading = true;
  EXPECT_LT(error_of(attention("F16", 1)), 1e-6);
}

TEST_F(Ggml, ThreadsNeedNoPool) {
  stand_in::behaviour.has_threadpools = false;
  Sample sample = attention("F16", 1);
  sample.threads = 3;
  EXPECT_LT(error_of(sample), 1e-6);
  EXPECT_THAT(stand_in::seen.threads, ElementsAre(3));
}

TEST_F(Ggml, FailuresSayWhatFailed) {
  stand_in::behaviour.status = GGML_STATUS_FAILED;
  EXPECT_THAT(test::error_of([] { error_of(attention("F16", 1)); }),
              HasSubstr("ggml fails to compute: status -1"));
  EXPECT_THAT(test::error_of([] { error_of(attention("F16", 1000)); }), HasSubstr("does not fit"));
  stand_in::behaviour = {};
  stand_in::behaviour.has_processor = false;
  EXPECT_THAT(test::error_of([] { timed({1}); }), HasSubstr("no backend for this processor"));
}

TEST(RowPattern, MatricesAreShiftedByARow) {
  const RowPattern rows(WeightFormat::Q8_0, 40, 64, 1);
  EXPECT_EQ(rows.matrix_bytes(), 40U * 68U);
  EXPECT_EQ(rows.values(0, 5), rows.values(2, 3));
  EXPECT_NE(rows.values(0, 5), rows.values(0, 6));
  EXPECT_EQ(rows.values(3, 1).size(), 64U);
}

}  // namespace
}  // namespace foretoken::probe
