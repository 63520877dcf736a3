#include "validate/compare.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/predict.h"
#include "tests/support/invented_data.h"

namespace foretoken::validate {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class CompareTest : public testing::Test {
 protected:
  /// The program's own rate for the dense model after so many tokens.
  double predicted(double context, const std::string& model = "tenfold") const {
    sim::Request request = test::invented_request(library);
    request.llm = library.models.known(model);
    request.context_start = context;
    request.facts.build_year = 2025.5;
    return sim::predict(request, library).rate.point.base();
  }
  calibrate::DecodeRow& add(double rate, double context = 0) {
    calibrate::DecodeRow row;
    row.row_id = "r" + std::to_string(rows.decode.size());
    row.source = "me";
    row.device = "anvil";
    row.runtime = "plain";
    row.model = "tenfold";
    row.weight_format = "half";
    row.build_year = 2025.5;
    row.context_start = context;
    row.gen_tokens = 128;
    row.tokens_per_second = rate;
    rows.decode.push_back({row, {}});
    return rows.decode.back().row;
  }
  calibrate::KernelRow& add_kernel(double seconds) {
    calibrate::KernelRow row;
    row.row_id = "k";
    row.device = "anvil";
    row.runtime = "plain";
    row.op = "gemm";
    row.weight_format = "F16";
    row.m = 1;
    row.n = 1000;
    row.k = 2000;
    row.latency_seconds = seconds;
    rows.kernels.push_back({row, {}});
    return rows.kernels.back().row;
  }
  Verdict verdict() const { return verdict_of(compare(library, rows), library); }

  test::InventedData data;
  sim::Library library = data.library();
  calibrate::RowStore rows;
};

TEST_F(CompareTest, PredictsATestAtItsOwnConditions) {
  add(0.8 * predicted(934), 934);
  const Comparison comparison = compare(library, rows);
  ASSERT_EQ(comparison.steps.size(), 1U);
  const ComparedStep& step = comparison.steps.front();
  EXPECT_NEAR(step.ratio(), 0.8, 1e-9);
  EXPECT_NEAR(step.report.rate.point.base(), predicted(934), 1e-9);
  EXPECT_EQ(step.report.context_start, 934);
  EXPECT_THAT(step.what, AllOf(HasSubstr("tenfold half"), HasSubstr("934 tokens before")));
  EXPECT_TRUE(step.inside());
  const Verdict found = verdict();
  EXPECT_TRUE(found.inside);
  EXPECT_EQ(found.counted, 1U);
  EXPECT_NEAR(found.ratio, 0.8, 1e-9);
  EXPECT_THAT(found.hints, IsEmpty());
}

TEST_F(CompareTest, ATestFarOffIsOutside) {
  add(0.05 * predicted(0));
  const Verdict found = verdict();
  EXPECT_FALSE(found.inside);
  EXPECT_EQ(found.outside, 1U);
  EXPECT_THAT(found.hints, Contains(HasSubstr("One test does not tell the cause")));
}

TEST_F(CompareTest, OneTestInTenMayLieOutside) {
  for (int i = 0; i < 9; ++i) add(predicted(0));
  add(0.05 * predicted(0));
  EXPECT_TRUE(verdict().inside);
  add(0.05 * predicted(0));
  EXPECT_FALSE(verdict().inside);
  EXPECT_EQ(verdict().outside, 2U);
}

TEST_F(CompareTest, WhatIsNoPlainDecodeIsShownAndNotJudged) {
  add(0.05 * predicted(0)).label = "partial-offload";
  const Comparison comparison = compare(library, rows);
  ASSERT_EQ(comparison.steps.size(), 1U);
  EXPECT_FALSE(comparison.steps[0].counts);
  EXPECT_EQ(verdict().counted, 0U);
  EXPECT_FALSE(verdict().inside);
  EXPECT_THAT(verdict().hints, Contains(HasSubstr("part of the model on the host")));
  add(predicted(0));
  EXPECT_TRUE(verdict().inside);
}

TEST_F(CompareTest, TellsASharedFactorFromAFixedCost) {
  for (const double context : {0.0, 500.0}) add(0.05 * predicted(context), context);
  EXPECT_THAT(verdict().hints, Contains(HasSubstr("by about the same share")));
  rows.decode.clear();
  // The same 30 ms more on steps of very different length.
  for (const double context : {0.0, 200'000.0}) {
    add(1.0 / (1.0 / predicted(context) + 0.03), context);
  }
  const Verdict found = verdict();
  EXPECT_THAT(found.hints, Contains(AllOf(HasSubstr("about 30 ms more"), HasSubstr("fixed cost"))));
  EXPECT_THAT(found.hints, Not(Contains(HasSubstr("same share"))));
}

TEST_F(CompareTest, SeesARunThatFallsBehindWithTheContext) {
  add(0.2 * predicted(0));
  add(0.05 * predicted(8000), 8000).flash_attention = false;
  EXPECT_THAT(verdict().hints,
              Contains(AllOf(HasSubstr("as the context grows (20 % of the prediction "
                                       "at 0 tokens, 5 % at 8000)"),
                             HasSubstr("flash attention was off"))));
}

TEST_F(CompareTest, SeesTheSameTestsSlowDown) {
  for (const char* when : {"2026-01-01T00:00:02Z", "2026-01-01T00:00:01Z"}) {
    add((when[18] == '1' ? 0.2 : 0.1) * predicted(0));
    rows.decode.back().from.measured = when;
  }
  EXPECT_THAT(verdict().hints, Contains(HasSubstr("slower at the end of the run (10 % of the "
                                                  "prediction, 20 % at its start)")));
}

TEST_F(CompareTest, AnUnstatedBuildIsSaid) {
  add(0.05 * predicted(0)).build_year.reset();
  EXPECT_THAT(verdict().hints, Contains(HasSubstr("does not say its build")));
}

TEST_F(CompareTest, OperatorsAreJudgedWhereNoStepIs) {
  // 4 MB at half of 1 TB/s and 10 us for the launch.
  add_kernel(18e-6);
  const Comparison comparison = compare(library, rows);
  ASSERT_EQ(comparison.kernels.size(), 1U);
  EXPECT_NEAR(comparison.kernels[0].predicted.point.base(), 18e-6, 1e-9);
  EXPECT_EQ(comparison.kernels[0].bound, "launch");
  EXPECT_THAT(comparison.kernels[0].what, HasSubstr("m 1, n 1000, k 2000, F16"));
  EXPECT_TRUE(verdict().inside);
  add_kernel(18e-3);
  EXPECT_FALSE(verdict().inside);
  add(predicted(0));  // a step speaks before them
  EXPECT_TRUE(verdict().inside);
}

TEST_F(CompareTest, RowsThatCannotBePredictedSayWhy) {
  add(100).model = "nobody";
  add_kernel(1e-6).op = "sort";
  const Comparison comparison = compare(library, rows);
  ASSERT_EQ(comparison.not_compared.size(), 2U);
  EXPECT_THAT(comparison.not_compared[0].reason, HasSubstr("unknown model 'nobody'"));
  EXPECT_THAT(comparison.not_compared[1].reason, HasSubstr("'sort'"));
  EXPECT_FALSE(verdict().inside);
}

}  // namespace
}  // namespace foretoken::validate
