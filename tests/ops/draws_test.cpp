#include "ops/draws.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "base/normal.h"
#include "ops/coefficient_draws.h"
#include "tests/support/invented_law.h"
#include "tests/support/temp_folder.h"

namespace foretoken::ops {
namespace {

double mean_of(const Draws& draws) {
  double sum = 0;
  for (const double draw : draws) sum += draw;
  return sum / kDraws;
}

double variance_of(const Draws& draws) {
  double sum = 0;
  for (const double draw : draws) sum += draw * draw;
  return sum / kDraws;
}

TEST(StandardDraws, AreAStandardNormalWhateverTheSeed) {
  for (const std::uint64_t seed : {0ULL, 1ULL, 77ULL, ~0ULL}) {
    Draws draws = standard_draws(seed);
    EXPECT_NEAR(mean_of(draws), 0.0, 1e-15);
    EXPECT_NEAR(variance_of(draws), 1.0, 1e-12);
    std::sort(draws.begin(), draws.end());
    for (std::size_t d = 0; d < draws.size(); ++d) {
      EXPECT_NEAR(draws[d], normal_quantile((static_cast<double>(d) + 0.5) / kDraws), 0.05) << d;
    }
  }
}

TEST(StandardDraws, OfTwoSeedsGoTheirOwnWays) {
  EXPECT_EQ(standard_draws(5), standard_draws(5));
  double most = 0;
  double squares = 0;
  constexpr int kPairs = 100;
  for (std::uint64_t seed = 0; seed < kPairs; ++seed) {
    const Draws a = standard_draws(seed);
    const Draws b = standard_draws(seed + 1000);
    double correlation = 0;
    for (std::size_t d = 0; d < a.size(); ++d) correlation += a[d] * b[d] / kDraws;
    most = std::max(most, std::abs(correlation));
    squares += correlation * correlation / kPairs;
  }
  EXPECT_LT(most, 0.6);
  // 32 independent pairs: a standard deviation of 1/sqrt(32).
  EXPECT_NEAR(std::sqrt(squares), 1 / std::sqrt(32.0), 0.05);
}

class LnOffsets : public testing::Test {
 protected:
  LnOffsets() {
    const test::TempFolder folder;
    pool.law = read_law(folder.write("forge.yaml", test::kLawText));
    context[Attribute::Device] = "anvil";
    context[Attribute::Architecture] = "Iron-I1";
  }
  double deviation(CoefficientId id) const {
    return std::sqrt(variance_of(ln_offsets(pool, id, context)));
  }
  static constexpr CoefficientId kDram = coefficient(Family::Gemm, Slot::Dram);
  PoolCoefficients pool;
  Context context;
};

TEST_F(LnOffsets, AnUnseenKeyHasTheSpreadOfItsLevel) {
  pool.parameters["gemm.dram"] = {0.1, 0.0, 9};
  pool.parameters["gemm.dram[architecture=Iron-I1]"] = {0.1, 0.0, 9};
  EXPECT_NEAR(deviation(kDram), 0.2, 1e-12);  // as the law file says
  pool.uncertainty.spreads["gemm.dram[device]"] = 0.07;
  EXPECT_NEAR(deviation(kDram), 0.07, 1e-12);  // as estimated
  pool.parameters["gemm.dram[device=anvil]"] = {0.1, 0.01, 9};
  EXPECT_NEAR(deviation(kDram), 0.01, 1e-12);  // as measured on this very device
}

TEST_F(LnOffsets, ParametersMoveTogetherAsTheirPosteriorDoes) {
  // Pool and device known only in their sum: opposite draws cancel.
  pool.parameters["gemm.dram"] = {0.0, 0.3, 9};
  pool.parameters["gemm.dram[architecture=Iron-I1]"] = {0.0, 0.0, 9};
  pool.parameters["gemm.dram[device=anvil]"] = {0.0, 0.3, 9};
  const Draws draws = standard_draws(3);
  for (std::size_t d = 0; d < kHalfDraws; ++d) {
    const auto moved = static_cast<float>(0.3 * draws[d]);
    pool.parameters["gemm.dram"].draws.push_back(moved);
    pool.parameters["gemm.dram[device=anvil]"].draws.push_back(-moved);
  }
  EXPECT_NEAR(deviation(kDram), 0.0, 1e-12);
  context[Attribute::Device] = "other";
  EXPECT_NEAR(variance_of(ln_offsets(pool, kDram, context)), 0.3 * 0.3 + 0.2 * 0.2, 0.04);
}

TEST_F(LnOffsets, OperatorsShareTheDrawsOfWhatTheyShare) {
  const LawCoefficients<double> gemm = resolve_law(pool, Family::Gemm, context).law;
  const LawCoefficients<double> expert = resolve_law(pool, Family::Expert, context).law;
  const auto gemms = draw_law(pool, Family::Gemm, context, gemm);
  const auto experts = draw_law(pool, Family::Expert, context, expert);
  Draws own{};  // of expert.dram, which follows gemm.dram
  for (std::size_t d = 0; d < own.size(); ++d) {
    own[d] = std::log(experts[d].dram / expert.dram) - std::log(gemms[d].dram / gemm.dram);
  }
  EXPECT_NEAR(std::sqrt(variance_of(own)), 0.1, 1e-12);
}

TEST_F(LnOffsets, ARoofThatTheLawLacksHasNone) {
  EXPECT_EQ(ln_offsets(pool, coefficient(Family::Gemm, Slot::Core), context), Draws{});
}

TEST(SourceNoise, DrawsLieAboutItsMeanInLogarithms) {
  const Draws draws = SourceNoise{.ln_mean = std::log(0.05), .ln_deviation = 0.4}.draws();
  double mean = 0;
  double squares = 0;
  for (const double draw : draws) {
    mean += std::log(draw) / kDraws;
    squares += std::pow(std::log(draw / 0.05), 2) / kDraws;
  }
  EXPECT_NEAR(mean, std::log(0.05), 1e-12);
  EXPECT_NEAR(std::sqrt(squares), 0.4, 1e-12);
}

}  // namespace
}  // namespace foretoken::ops
