#include "ops/coefficient_file.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/h5_file.h"
#include "tests/support/invented_law.h"
#include "tests/support/temp_folder.h"
#include "tests/support/thrown.h"

namespace foretoken::ops {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class CoefficientFileTest : public testing::Test {
 protected:
  CoefficientFileTest() {
    folder.write("laws/forge.yaml", test::kLawText);
    laws = read_laws({folder.path() + "/laws"});
    pool.law = laws.at("forge");
    pool.rows = 12;
    pool.parameters["gemm.dram"] = {0.1234567890123456789, 0.05, 12};
    pool.parameters["gemm.dram[device=anvil]"] = {-1.0 / 3.0, 1e-9, 3};
    for (std::size_t d = 0; d < kHalfDraws; ++d) {
      pool.parameters["gemm.dram"].draws.push_back(0.01F * static_cast<float>(d) - 0.1F / 3.0F);
    }
    pool.uncertainty.spreads = {{"gemm.dram[device]", 0.07}};
    pool.uncertainty.noise = {{"kernel", {-3.1, 0.2}}, {"step", {-2.7, 0.4}}};
    pool.uncertainty.misfits = {{misfit_key("step", false), {1.3, 250}}};
    pool.uncertainty.devices = {{"anvil", {3, 0}}, {"bigger-anvil", {0, 9}}};
  }
  std::string write() {
    CoefficientTable table;
    table.add(pool);
    write_coefficients(path, table, {{"tool_version", "test"}});
    return path;
  }
  test::TempFolder folder;
  std::string path = folder / "c.h5";
  std::map<std::string, LawSpec> laws;
  PoolCoefficients pool;
};

TEST_F(CoefficientFileTest, ReadsBackTheSameBits) {
  const CoefficientTable read = read_coefficients(write(), laws);
  const PoolCoefficients* const back = read.find("forge");
  ASSERT_NE(back, nullptr);
  EXPECT_EQ(back->rows, 12);
  EXPECT_EQ(back->law.hash, pool.law.hash);
  ASSERT_EQ(back->parameters.size(), pool.parameters.size());
  for (const auto& [name, parameter] : pool.parameters) {
    const Parameter& other = back->parameters.at(name);
    EXPECT_EQ(other.value, parameter.value) << name;
    EXPECT_EQ(other.deviation, parameter.deviation) << name;
    EXPECT_EQ(other.rows, parameter.rows) << name;
    EXPECT_EQ(other.draws, parameter.draws) << name;
  }
  EXPECT_EQ(back->uncertainty.spreads, pool.uncertainty.spreads);
  const SourceNoise noise = noise_of(back->uncertainty, kStepQuestion, 1.0);
  EXPECT_EQ(noise.ln_mean, -2.7);
  EXPECT_EQ(noise.ln_deviation, 0.4);
  EXPECT_EQ(noise_of(back->uncertainty, "gemm", 1.0).ln_mean, -3.1);
  const Misfit misfit = misfit_of(back->uncertainty, kStepQuestion, false);
  EXPECT_EQ(misfit.scale, 1.3);
  EXPECT_EQ(misfit.rows, 250);
  EXPECT_EQ(misfit_of(back->uncertainty, kStepQuestion, true).rows, 0);
  EXPECT_EQ(back->uncertainty.devices.at("anvil").steps, 3);
  EXPECT_EQ(back->uncertainty.devices.at("bigger-anvil").kernels, 9);
}

TEST_F(CoefficientFileTest, WhatWasReadBackResolvesToTheSameBits) {
  Context context;
  context[Attribute::Device] = "anvil";
  const CoefficientTable read = read_coefficients(write(), laws);
  for (const CoefficientSpec& spec : pool.law.coefficients) {
    const auto before = resolve(pool, spec.id, context);
    const auto after = resolve(*read.find("forge"), spec.id, context);
    EXPECT_EQ(before->value, after->value) << text_of(spec.id);
    EXPECT_EQ(before->deviation, after->deviation) << text_of(spec.id);
  }
}

TEST_F(CoefficientFileTest, APoolWithoutParametersSurvives) {
  pool.parameters.clear();
  pool.uncertainty = {};
  const CoefficientTable read = read_coefficients(write(), laws);
  EXPECT_TRUE(read.find("forge")->parameters.empty());
  EXPECT_TRUE(read.find("forge")->uncertainty.spreads.empty());
  EXPECT_TRUE(read.find("forge")->uncertainty.misfits.empty());
}

TEST_F(CoefficientFileTest, KeepsWhereItCameFrom) {
  EXPECT_EQ(H5Reader(write()).attribute("tool_version"), "test");
}

TEST_F(CoefficientFileTest, RefusesCoefficientsOfAnotherLaw) {
  write();
  laws.at("forge").hash += 1;
  EXPECT_THAT(test::error_of([&] { read_coefficients(path, laws); }),
              AllOf(HasSubstr("c.h5"), HasSubstr("'forge'"), HasSubstr("another law"),
                    HasSubstr("calibrate")));
}

TEST_F(CoefficientFileTest, RefusesAPoolWithoutALaw) {
  write();
  EXPECT_THAT(test::error_of([&] { read_coefficients(path, {}); }),
              AllOf(HasSubstr("'forge'"), HasSubstr("no law file")));
}

TEST_F(CoefficientFileTest, RefusesAnotherSchema) {
  H5Writer file;
  file.attribute("schema_version", "99");
  file.write(path);
  EXPECT_THAT(test::error_of([&] { read_coefficients(path, laws); }),
              AllOf(HasSubstr("schema 99"), HasSubstr("expected 2"), HasSubstr("calibrate")));
}

TEST_F(CoefficientFileTest, RefusesColumnsOfDifferentLength) {
  H5Writer file;
  file.attribute("schema_version", "2");
  file.texts("pools/forge/law_hash", H5Reader(write()).texts("pools/forge/law_hash"));
  file.texts("pools/forge/names", {"gemm.dram"});
  file.numbers("pools/forge/values", {0.1, 0.2}, "ln");
  file.numbers("pools/forge/deviations", {0.1}, "ln");
  file.numbers("pools/forge/rows", {1}, "rows");
  file.numbers("pools/forge/pool_rows", {1}, "rows");
  const std::string other = folder / "other.h5";
  file.write(other);
  EXPECT_THAT(test::error_of([&] { read_coefficients(other, laws); }),
              HasSubstr("different length"));
}

TEST_F(CoefficientFileTest, RefusesAFileThatIsNotOne) {
  const std::string text = folder.write("text.h5", "not HDF5");
  EXPECT_THAT(test::error_of([&] { read_coefficients(text, laws); }), HasSubstr("text.h5"));
  EXPECT_THAT(test::error_of([&] { read_coefficients(folder / "none.h5", laws); }),
              HasSubstr("none.h5"));
}

RC_GTEST_FIXTURE_PROP(CoefficientFileTest, AnyParametersReadBackTheSame,
                      (const std::map<std::string, double>& values)) {
  pool.parameters.clear();
  for (const auto& [name, value] : values) {
    // The format stores names as C strings: one ends at a zero byte.
    if (!name.empty() && name.find('\0') == std::string::npos)
      pool.parameters[name] = {value, 1, 1, {}};
  }
  const CoefficientTable read = read_coefficients(write(), laws);
  RC_ASSERT(read.find("forge")->parameters.size() == pool.parameters.size());
  for (const auto& [name, parameter] : pool.parameters) {
    RC_ASSERT(read.find("forge")->parameters.at(name).value == parameter.value);
  }
}

}  // namespace
}  // namespace foretoken::ops
