#include "ops/coefficients.h"

#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/invented_law.h"
#include "tests/support/temp_folder.h"

namespace foretoken::ops {
namespace {

using testing::ElementsAre;

constexpr CoefficientId kDram = coefficient(Family::Gemm, Slot::Dram);
constexpr CoefficientId kLaunch = coefficient(Family::Gemm, Slot::Launch);

Context context_on(const std::string& device, const std::string& architecture) {
  Context c;
  c[Attribute::Device] = device;
  c[Attribute::Architecture] = architecture;
  return c;
}

std::vector<std::string> names(const std::vector<Term>& terms) {
  std::vector<std::string> found;
  for (const Term& term : terms) found.push_back(term.parameter);
  return found;
}

class CoefficientsTest : public testing::Test {
 protected:
  CoefficientsTest() {
    const test::TempFolder folder;
    pool.law = read_law(folder.write("forge.yaml", test::kLawText));
  }
  void set(const char* name, double value, double deviation = 0.05, double rows = 10) {
    pool.parameters[name] = {value, deviation, rows};
  }
  std::vector<std::string> term_names(CoefficientId id, const Context& context) const {
    std::vector<Term> terms;
    terms_of(pool.law, *pool.law.find(id), context, terms);
    return names(terms);
  }
  PoolCoefficients pool;
};

TEST_F(CoefficientsTest, TermsAreNamedByLevelAndKey) {
  EXPECT_THAT(
      term_names(kDram, context_on("anvil", "Iron-I1")),
      ElementsAre("gemm.dram", "gemm.dram[architecture=Iron-I1]", "gemm.dram[device=anvil]"));
}

TEST_F(CoefficientsTest, EmptyAttributesAndZeroCovariatesHaveNoTerm) {
  EXPECT_THAT(term_names(kDram, Context{}), ElementsAre("gemm.dram"));
  EXPECT_THAT(term_names(kLaunch, Context{}), ElementsAre("gemm.launch"));
}

TEST_F(CoefficientsTest, CovariatesWeighTheirTerm) {
  Context c;
  c[Covariate::BuildYear] = 1.5;
  std::vector<Term> terms;
  const double ln_prior = terms_of(pool.law, *pool.law.find(kLaunch), c, terms);
  EXPECT_DOUBLE_EQ(ln_prior, std::log(1e-5));
  EXPECT_THAT(names(terms), ElementsAre("gemm.launch", "gemm.launch*build_year"));
  EXPECT_DOUBLE_EQ(terms[1].weight, 1.5);
  EXPECT_DOUBLE_EQ(terms[1].level->spread, 0.2);
  EXPECT_EQ(level_name(terms[1].id, *terms[1].level), "gemm.launch*build_year");
}

TEST_F(CoefficientsTest, ACoefficientThatFollowsAnotherHasItsTermsToo) {
  std::vector<Term> terms;
  const double ln_prior =
      terms_of(pool.law, *pool.law.find(coefficient(Family::Expert, Slot::Dram)), Context{}, terms);
  EXPECT_DOUBLE_EQ(ln_prior, std::log(0.5) + std::log(0.8));
  EXPECT_THAT(names(terms), ElementsAre("gemm.dram", "expert.dram"));
}

TEST_F(CoefficientsTest, WithoutParametersThePriorSpeaks) {
  const auto resolved = resolve(pool, kDram, context_on("anvil", "Iron-I1"));
  ASSERT_TRUE(resolved.has_value());
  EXPECT_DOUBLE_EQ(resolved->value, 0.5);
  EXPECT_EQ(resolved->basis, Basis::Datasheet);
  EXPECT_EQ(resolved->rows, 0);
  // Spreads of 0.1, 0.1 and 0.2 side by side.
  EXPECT_NEAR(resolved->deviation, std::sqrt(0.06), 1e-12);
}

TEST_F(CoefficientsTest, ParametersAddInLogarithms) {
  set("gemm.dram", 0.1);
  set("gemm.dram[architecture=Iron-I1]", 0.02);
  set("gemm.dram[device=anvil]", -0.05, 0.01, 4);
  const auto resolved = resolve(pool, kDram, context_on("anvil", "Iron-I1"));
  EXPECT_DOUBLE_EQ(resolved->value, 0.5 * std::exp(0.07));
  EXPECT_EQ(resolved->basis, Basis::Device);
  EXPECT_EQ(resolved->rows, 4);
  EXPECT_NEAR(resolved->deviation, std::sqrt(0.05 * 0.05 * 2 + 0.01 * 0.01), 1e-12);
}

TEST_F(CoefficientsTest, AnUnseenDeviceInheritsItsArchitecture) {
  set("gemm.dram", 0.1);
  set("gemm.dram[architecture=Iron-I1]", 0.02);
  set("gemm.dram[device=anvil]", -0.05);
  const auto unseen = resolve(pool, kDram, context_on("new", "Iron-I1"));
  EXPECT_DOUBLE_EQ(unseen->value, 0.5 * std::exp(0.12));
  EXPECT_EQ(unseen->basis, Basis::Sibling);
  EXPECT_GT(unseen->deviation, 0.2);  // the spread of devices about their architecture
  pool.uncertainty.spreads["gemm.dram[device]"] = 0.02;
  EXPECT_LT(resolve(pool, kDram, context_on("new", "Iron-I1"))->deviation, 0.1);  // as estimated
}

TEST_F(CoefficientsTest, AnUnseenArchitectureInheritsThePool) {
  set("gemm.dram", 0.1, 0.05, 30);
  set("gemm.dram[architecture=Iron-I1]", 0.02);
  const auto unseen = resolve(pool, kDram, context_on("new", "Tin-T1"));
  EXPECT_DOUBLE_EQ(unseen->value, 0.5 * std::exp(0.1));
  EXPECT_EQ(unseen->basis, Basis::Class);
  EXPECT_EQ(unseen->rows, 30);
}

TEST_F(CoefficientsTest, CovariatesMultiplyTheirParameter) {
  set("gemm.launch*build_year", -0.2);
  Context c;
  c[Covariate::BuildYear] = 2.0;
  EXPECT_NEAR(resolve(pool, kLaunch, c)->value, 1e-5 * std::exp(-0.4), 1e-18);
}

TEST_F(CoefficientsTest, ACoefficientThatTheLawLacksIsAbsent) {
  EXPECT_FALSE(resolve(pool, coefficient(Family::Gemm, Slot::Core), Context{}).has_value());
}

TEST_F(CoefficientsTest, ResolvedLawHasOnlyTheRoofsOfThePool) {
  const ResolvedLaw gemm = resolve_law(pool, Family::Gemm, Context{});
  EXPECT_DOUBLE_EQ(gemm.law.dram, 0.5);
  EXPECT_DOUBLE_EQ(gemm.law.launch, 1e-5);
  EXPECT_DOUBLE_EQ(gemm.law.flop, 1.0);
  EXPECT_DOUBLE_EQ(gemm.law.sharpness, 1000.0);
  EXPECT_FALSE(gemm.law.has_core);
  EXPECT_FALSE(gemm.law.has_serial);
  const ResolvedLaw expert = resolve_law(pool, Family::Expert, Context{});
  EXPECT_NEAR(expert.law.dram, 0.4, 1e-15);
}

TEST_F(CoefficientsTest, TableFindsPoolsAndReplacesThem) {
  CoefficientTable table;
  table.add(pool);
  EXPECT_EQ(table.find("bellows"), nullptr);
  ASSERT_NE(table.find("forge"), nullptr);
  EXPECT_EQ(table.find("forge")->rows, 0);
  pool.rows = 7;
  table.add(pool);
  EXPECT_EQ(table.pools().size(), 1u);
  EXPECT_EQ(table.find("forge")->rows, 7);
}

}  // namespace
}  // namespace foretoken::ops
