#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ops/coefficient_file.h"
#include "ops/law_spec.h"
#include "tests/support/invented_law.h"
#include "tests/support/temp_folder.h"
#include "tests/support/thrown.h"

namespace foretoken::ops {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string law_with(const std::string& coefficients) {
  return "schema: 1\npool: forge\nsource: invented\nloss_scale: 0.1\ncoefficients:\n" +
         coefficients;
}

LawSpec read(const std::string& text) {
  const test::TempFolder folder;
  return read_law(folder.write("forge.yaml", text));
}

std::string fault_of(const std::string& text) {
  return test::config_error_of([&] { read(text); });
}

TEST(ReadLaw, TakesPoolCoefficientsPriorsAndLevels) {
  const LawSpec law = read(test::kLawText);
  EXPECT_EQ(law.pool, "forge");
  EXPECT_EQ(law.coefficients.size(), 9u);
  EXPECT_DOUBLE_EQ(law.loss_scale, 0.1);
  const CoefficientSpec* const dram = law.find(coefficient(Family::Gemm, Slot::Dram));
  ASSERT_NE(dram, nullptr);
  EXPECT_DOUBLE_EQ(dram->prior, 0.5);
  ASSERT_EQ(dram->levels.size(), 3u);
  EXPECT_THAT(dram->levels[0].attributes, IsEmpty());
  EXPECT_THAT(dram->levels[1].attributes, ElementsAre(Attribute::Architecture));
  EXPECT_DOUBLE_EQ(dram->levels[2].spread, 0.2);
}

TEST(ReadLaw, ReadsQuantitiesInTheirOwnUnit) {
  const LawSpec law =
      read(law_with("  gemm.launch: {prior: 10 us, levels: {pool: 1}}\n"
                    "  gemm.core: {prior: 4 B, levels: {pool: 1}}\n"
                    "  step.host: {prior: 2 ms, levels: {pool: 1}}\n"));
  EXPECT_DOUBLE_EQ(law.find(coefficient(Family::Gemm, Slot::Launch))->prior, 1e-5);
  EXPECT_DOUBLE_EQ(law.find(coefficient(Family::Gemm, Slot::Core))->prior, 4.0);
  EXPECT_DOUBLE_EQ(law.find(kStepHost)->prior, 2e-3);
}

TEST(ReadLaw, ReadsJoinedAttributesAndCovariates) {
  const LawSpec law =
      read(law_with("  gemm.dram: {prior: 0.5, levels: {pool: 1, format_kind+generation: 0.2, "
                    "\"*ecc\": 0.3, \"format_kind*build_year\": 0.4}}\n"));
  const auto& levels = law.coefficients.front().levels;
  ASSERT_EQ(levels.size(), 4u);
  EXPECT_THAT(levels[1].attributes, ElementsAre(Attribute::FormatKind, Attribute::Generation));
  EXPECT_FALSE(levels[1].covariate);
  EXPECT_THAT(levels[2].attributes, IsEmpty());
  EXPECT_EQ(levels[2].covariate, Covariate::Ecc);
  EXPECT_THAT(levels[3].attributes, ElementsAre(Attribute::FormatKind));
  EXPECT_EQ(levels[3].covariate, Covariate::BuildYear);
}

TEST(ReadLaw, FactorScalesTheCoefficientThatItFollows) {
  const LawSpec law = read(test::kLawText);
  const CoefficientSpec* const expert = law.find(coefficient(Family::Expert, Slot::Dram));
  EXPECT_EQ(expert->of, coefficient(Family::Gemm, Slot::Dram));
  EXPECT_DOUBLE_EQ(expert->prior, 0.8);
}

TEST(ReadLaw, HashTellsTextsApart) {
  const std::string text = law_with("  gemm.dram: {prior: 0.5, levels: {pool: 1}}\n");
  EXPECT_EQ(read(text).hash, read(text).hash);
  EXPECT_NE(read(text).hash, read(text + "# changed\n").hash);
}

TEST(ReadLaw, NamesAnUnknownCoefficientWithItsPlaceAndASuggestion) {
  EXPECT_THAT(fault_of(law_with("  gemm.drum: {prior: 0.5, levels: {pool: 1}}\n")),
              AllOf(HasSubstr("forge.yaml:6"), HasSubstr("unknown coefficient 'gemm.drum'"),
                    HasSubstr("gemm.dram")));
}

TEST(ReadLaw, RefusesAPriorOfAnotherUnit) {
  EXPECT_THAT(fault_of(law_with("  gemm.launch: {prior: 10 GB, levels: {pool: 1}}\n")),
              AllOf(HasSubstr("forge.yaml:6"), HasSubstr("prior")));
  EXPECT_THAT(fault_of(law_with("  gemm.launch: {prior: 10, levels: {pool: 1}}\n")),
              HasSubstr("prior"));
  EXPECT_THAT(fault_of(law_with("  gemm.dram: {prior: 10 us, levels: {pool: 1}}\n")),
              HasSubstr("prior"));
}

TEST(ReadLaw, NamesAnUnknownLevelOrCovariateWithASuggestion) {
  EXPECT_THAT(fault_of(law_with("  gemm.dram: {prior: 1, levels: {pool: 1, devise: 1}}\n")),
              AllOf(HasSubstr("unknown level 'devise'"), HasSubstr("device")));
  EXPECT_THAT(fault_of(law_with("  gemm.dram: {prior: 1, levels: {\"*build_yaer\": 1}}\n")),
              AllOf(HasSubstr("unknown covariate 'build_yaer'"), HasSubstr("build_year")));
}

TEST(ReadLaw, RefusesASpreadThatIsNotPositive) {
  EXPECT_THAT(fault_of(law_with("  gemm.dram: {prior: 1, levels: {pool: 0}}\n")),
              HasSubstr("pool"));
  EXPECT_THAT(fault_of(law_with("  gemm.dram: {prior: 1, levels: {pool: .nan}}\n")),
              HasSubstr("pool"));
}

TEST(ReadLaw, NeedsALevel) {
  EXPECT_THAT(fault_of(law_with("  gemm.dram: {prior: 1}\n")), HasSubstr("levels"));
  EXPECT_THAT(fault_of(law_with("  gemm.dram: {prior: 1, levels: {}}\n")),
              HasSubstr("at least one level"));
}

TEST(ReadLaw, RefusesADuplicateKey) {
  EXPECT_THAT(fault_of(law_with("  gemm.dram: {prior: 1, levels: {pool: 1}}\n"
                                "  gemm.dram: {prior: 2, levels: {pool: 1}}\n")),
              AllOf(HasSubstr("forge.yaml:7"), HasSubstr("gemm.dram")));
}

TEST(ReadLaw, RefusesAnUnknownKey) {
  EXPECT_THAT(fault_of(law_with("  gemm.dram: {prior: 1, levels: {pool: 1}, proir: 2}\n")),
              HasSubstr("proir"));
}

TEST(ReadLaw, OfMustNameACoefficientOfTheFile) {
  EXPECT_THAT(fault_of(law_with("  expert.dram: {of: gemm.dram, levels: {pool: 1}}\n")),
              HasSubstr("'of' must lead to a coefficient of this file"));
  EXPECT_THAT(fault_of(law_with("  expert.dram: {of: gemm.darm, levels: {pool: 1}}\n")),
              AllOf(HasSubstr("found 'gemm.darm'"), HasSubstr("gemm.dram")));
}

TEST(ReadLaw, OfMustNotLeadInACircle) {
  EXPECT_THAT(fault_of(law_with("  gemm.dram: {of: expert.dram, levels: {pool: 1}}\n"
                                "  expert.dram: {of: gemm.dram, levels: {pool: 1}}\n")),
              HasSubstr("circle"));
  EXPECT_THAT(fault_of(law_with("  gemm.dram: {of: gemm.dram, levels: {pool: 1}}\n")),
              HasSubstr("another coefficient"));
}

TEST(ReadLaw, OfMustHaveTheSameDimension) {
  EXPECT_THAT(fault_of(law_with("  gemm.dram: {prior: 1, levels: {pool: 1}}\n"
                                "  gemm.launch: {of: gemm.dram, levels: {pool: 1}}\n")),
              HasSubstr("another dimension"));
}

TEST(ReadLaw, ReportsAllFaultsOfAFileTogether) {
  const std::string faults =
      fault_of(law_with("  gemm.drum: {prior: 1, levels: {pool: 1}}\n"
                        "  gemm.dram: {prior: 1, levels: {pol: 1}}\n"));
  EXPECT_THAT(faults, AllOf(HasSubstr("gemm.drum"), HasSubstr("unknown level 'pol'")));
}

TEST(ReadLaw, RefusesAnotherSchema) {
  std::string text = law_with("  gemm.dram: {prior: 1, levels: {pool: 1}}\n");
  text.replace(text.find("schema: 1"), 9, "schema: 7");
  EXPECT_THAT(fault_of(text), HasSubstr("schema"));
}

TEST(ReadLaws, TakesOneLawAPoolAndTheLaterFoldersWins) {
  const test::TempFolder folder;
  folder.write("a/forge.yaml", test::kLawText);
  folder.write("a/bellows.yaml", test::kCpuLawText);
  folder.write("b/mine.yaml", law_with("  gemm.dram: {prior: 0.9, levels: {pool: 1}}\n"));
  const auto laws = read_laws({folder.path() + "/a", folder.path() + "/b"});
  ASSERT_EQ(laws.size(), 2u);
  EXPECT_DOUBLE_EQ(laws.at("forge").coefficients.front().prior, 0.9);
}

TEST(CoefficientNames, AreFoundByTheirOwnText) {
  for (const std::string& name : coefficient_names()) {
    const auto id = coefficient_of(name);
    ASSERT_TRUE(id.has_value()) << name;
    EXPECT_EQ(text_of(*id), name);
  }
  EXPECT_EQ(coefficient_names().size(), static_cast<std::size_t>(kCoefficients));
  EXPECT_FALSE(coefficient_of("gemm"));
  EXPECT_FALSE(coefficient_of(""));
}

}  // namespace
}  // namespace foretoken::ops
