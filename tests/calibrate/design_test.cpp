#include <algorithm>
#include <cmath>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calibrate/design_builder.h"
#include "calibrate/row_model.h"
#include "sim/predict.h"
#include "tests/support/invented_data.h"

namespace foretoken::calibrate {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;

sim::StepLoads loads_of(const sim::Request& r) {
  const sim::Library& library = test::invented_library();
  return sim::step_loads(r, library.schemes.assign(r.scheme, *r.llm, library.formats),
                         library.formats, 1.0, r.mean_context());
}

class DesignTest : public testing::Test {
 protected:
  FitRow add(const sim::Request& r, double seconds = 1e-3) {
    return builder.row(loads_of(r), seconds, 1.0, true);
  }
  std::size_t index(const std::string& name) const {
    const auto& names = builder.design().names;
    return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
  }
  sim::Request request = test::invented_request(test::invented_library());
  DesignBuilder builder{test::invented_library().laws.at("forge")};
};

TEST_F(DesignTest, RegistersTheParametersThatARowUses) {
  request.facts.build_year = 2024.0;  // the base: no slope
  add(request);
  const auto& names = builder.design().names;
  EXPECT_THAT(names, Contains("gemm.dram"));
  EXPECT_THAT(names, Contains("gemm.dram[architecture=Iron-I1]"));
  EXPECT_THAT(names, Contains("gemm.dram[device=anvil]"));
  EXPECT_THAT(names, Contains("step.host"));
  EXPECT_THAT(names, Not(Contains("expert.dram")));  // a dense model has no experts
  EXPECT_THAT(names, Not(Contains("gemm.launch*build_year")));
  request.facts.build_year = 2025.0;
  add(request);
  EXPECT_THAT(builder.design().names, Contains("gemm.launch*build_year"));
}

TEST_F(DesignTest, RowsShareParametersByName) {
  add(request);
  const std::size_t one = builder.design().names.size();
  add(request);
  EXPECT_EQ(builder.design().names.size(), one);
  request.device = test::invented_library().devices.lookup("bigger-anvil");
  add(request);
  EXPECT_EQ(builder.design().names.size(), one + 1);  // its own share of bandwidth
  EXPECT_LT(index("gemm.dram[device=bigger-anvil]"), builder.design().names.size());
}

TEST_F(DesignTest, KeysOfOneLevelShareASpreadAndThePoolsOwnHasNone) {
  add(request);
  request.device = test::invented_library().devices.lookup("bigger-anvil");
  add(request);
  const Design& design = builder.design();
  EXPECT_EQ(design.level[index("gemm.dram")], -1);
  const int devices = design.level[index("gemm.dram[device=anvil]")];
  EXPECT_GE(devices, 0);
  EXPECT_EQ(design.level[index("gemm.dram[device=bigger-anvil]")], devices);
  EXPECT_NE(design.level[index("gemm.dram[architecture=Iron-I1]")], devices);
  EXPECT_DOUBLE_EQ(design.spread[index("gemm.dram[device=anvil]")], 0.2);
}

TEST_F(DesignTest, SourcesAreNumberedInOrderOfAppearance) {
  request.facts.source = "us";
  EXPECT_EQ(add(request).source, 0);
  request.facts.source = "them";
  EXPECT_EQ(add(request).source, 1);
  request.facts.source = "us";
  EXPECT_EQ(add(request).source, 0);
  EXPECT_EQ(builder.design().sources, 2);
}

TEST_F(DesignTest, EqualOperatorsArePricedOnce) {
  const FitRow row = add(request);
  const sim::StepLoads loads = loads_of(request);
  EXPECT_LT(row.ops.size(), loads.ops.size());  // k and v, q and o, gate and up and down
  double repeats = 0;
  for (const FitOp& op : row.ops) repeats += op.repeat;
  double expected = 0;
  for (const sim::OpLoad& op : loads.ops) expected += op.repeat;
  EXPECT_DOUBLE_EQ(repeats, expected);
}

TEST_F(DesignTest, AtThePriorARowPredictsWhatPredictionDoes) {
  for (const char* scheme : {"half", "four"}) {
    for (const char* model : {"tenfold", "eightfold", "windowed"}) {
      request.scheme = scheme;
      request.llm = test::invented_library().models.known(model);
      const FitRow row = add(request);
      const std::vector<double> zeros(builder.design().names.size(), 0.0);
      const double predicted = sim::predict(request, test::invented_library()).step.point.base();
      EXPECT_NEAR(ln_predicted(row, zeros, nullptr), std::log(predicted), 1e-12)
          << scheme << " " << model;
    }
  }
}

TEST_F(DesignTest, WithParametersTooARowPredictsWhatPredictionDoes) {
  request.facts.build_year = 2025.0;
  const FitRow row = add(request);
  const Design& design = builder.design();
  sim::Library library = test::InventedData().library();
  ops::PoolCoefficients pool;
  pool.law = library.laws.at("forge");
  std::vector<double> values;
  for (std::size_t p = 0; p < design.names.size(); ++p) {
    values.push_back(0.01 * static_cast<double>(p) - 0.05);
    pool.parameters[design.names[p]] = {values.back(), 0.1, 1};
  }
  library.coefficients.add(pool);
  sim::Request same = request;
  same.device = library.devices.lookup("anvil");
  EXPECT_NEAR(ln_predicted(row, values, nullptr),
              std::log(sim::predict(same, library).step.point.base()), 1e-12);
}

TEST_F(DesignTest, AKernelHasNoHostTime) {
  const FitRow row = builder.row(loads_of(request), 1e-3, 0.5, false);
  EXPECT_EQ(row.host, -1);
  EXPECT_DOUBLE_EQ(row.weight, 0.5);
  EXPECT_DOUBLE_EQ(row.ln_seconds, std::log(1e-3));
  EXPECT_GE(add(request).host, 0);
}

TEST_F(DesignTest, ACoefficientThatFollowsAnotherHasItsTerms) {
  request.llm = test::invented_library().models.known("eightfold");
  const FitRow row = add(request);
  const auto expert = static_cast<int>(index("expert.dram"));
  const auto gemm = static_cast<int>(index("gemm.dram"));
  const auto follows = [&](const FitCoefficient& c) {
    const auto has = [&](int p) {
      return std::any_of(c.terms.begin(), c.terms.end(),
                         [&](const auto& term) { return term.first == p; });
    };
    return has(expert) && has(gemm) && std::abs(c.ln_prior - std::log(0.4)) < 1e-12;
  };
  EXPECT_TRUE(std::any_of(row.coefficients.begin(), row.coefficients.end(), follows));
}

}  // namespace
}  // namespace foretoken::calibrate
