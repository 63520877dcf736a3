#include "calibrate/row_model.h"

#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "calibrate/design_builder.h"
#include "calibrate/fit.h"
#include "tests/support/invented_data.h"

namespace foretoken::calibrate {
namespace {

/// One operator of 1 ms at peak bandwidth, with launch 10 us and a share of bandwidth; a host.
FitRow simple_row() {
  FitRow row;
  row.coefficients = {{.ln_prior = std::log(0.5), .terms = {{0, 1.0}}},
                      {.ln_prior = std::log(1e-5), .terms = {{1, 1.0}, {2, 2.0}}},
                      {.ln_prior = std::log(1e-3), .terms = {}}};
  FitOp op;
  op.load.memory = Seconds::of(1e-3);
  op.repeat = 3;
  op.input.fill(-1);
  op.input[static_cast<std::size_t>(LawInput::Dram)] = 0;
  op.input[static_cast<std::size_t>(LawInput::Launch)] = 1;
  row.ops = {op};
  row.host = 2;
  return row;
}

TEST(RowModel, AddsOperatorsAndHost) {
  EXPECT_NEAR(ln_predicted(simple_row(), {0, 0, 0}, nullptr), std::log(3 * (2e-3 + 1e-5) + 1e-3),
              1e-12);
}

TEST(RowModel, HostTimeOfEverySequenceIsAdded) {
  FitRow row = simple_row();
  row.coefficients.push_back({.ln_prior = std::log(2e-5), .terms = {}});
  row.sequence = 3;
  row.sequences = 50;
  std::vector<double> gradient;
  const double total = 3 * (2e-3 + 1e-5) + 1e-3 + 50 * 2e-5;
  EXPECT_NEAR(ln_predicted(row, {0, 0, 0}, &gradient), std::log(total), 1e-12);
  EXPECT_NEAR(gradient[2], 1e-3 / total, 1e-12);
  EXPECT_NEAR(gradient[3], 1e-3 / total, 1e-12);
}

TEST(RowModel, AHostThatIssuesSlowlyIsARoofOverTheStep) {
  FitRow row = simple_row();
  const double device = 3 * (2e-3 + 1e-5);
  row.launches = 1000;
  row.issue = 1;  // 10 us each, 10 ms together
  const double queued = std::pow(std::pow(device, 4) + std::pow(1e-2, 4), 0.25);
  std::vector<double> gradient;
  EXPECT_NEAR(ln_predicted(row, {0, 0, 0}, &gradient), std::log(queued + 1e-3), 1e-12);
  EXPECT_NEAR(ln_predicted(row, {0, 0, 0}, nullptr), std::log(queued + 1e-3), 1e-12);
  constexpr double kStep = 1e-6;  // coefficient 1 is both the launch and the issue
  const double numeric =
      (ln_predicted(row, {0, kStep, 0}, nullptr) - ln_predicted(row, {0, -kStep, 0}, nullptr)) /
      (2 * kStep);
  EXPECT_NEAR(gradient[1], numeric, 1e-8);
}

TEST(RowModel, AFactorMultipliesTheWholeStep) {
  FitRow row = simple_row();
  row.coefficients.push_back({.ln_prior = std::log(1.5), .terms = {{3, 1.0}}});
  row.scale = 3;
  std::vector<double> gradient;
  const double total = 3 * (2e-3 + 1e-5) + 1e-3;
  EXPECT_NEAR(ln_predicted(row, {0, 0, 0, 0.1}, &gradient), std::log(1.5 * total) + 0.1, 1e-12);
  EXPECT_NEAR(gradient[3], 1.0, 1e-12);
  EXPECT_NEAR(gradient[2], 1e-3 / total, 1e-12);  // shares of the step stay what they were
}

TEST(ForgetSources, SetsBackWhatIsParticularToWhoMeasured) {
  Design design;
  design.names = {"step.issue[]", "step.issue[source=a]", "gemm.core[device=b,source=a]",
                  "gemm.core[device=resource=c]"};
  std::vector<double> parameters{1, 2, 3, 4};
  forget_sources(design, parameters);
  EXPECT_EQ(parameters, (std::vector<double>{1, 0, 0, 4}));
}

TEST(RowModel, ParametersActOnLogarithmsByTheirWeight) {
  const double dram = std::exp(0.1);
  const double launch = std::exp(0.2 + 2 * -0.3);
  EXPECT_NEAR(ln_predicted(simple_row(), {0.1, 0.2, -0.3}, nullptr),
              std::log(3 * (2e-3 / dram + 1e-5 * launch) + 1e-3), 1e-12);
}

TEST(RowModel, GradientIsOfTheCoefficientsLogarithms) {
  std::vector<double> gradient;
  ln_predicted(simple_row(), {0, 0, 0}, &gradient);
  const double total = 3 * (2e-3 + 1e-5) + 1e-3;
  ASSERT_EQ(gradient.size(), 3u);
  EXPECT_NEAR(gradient[0], -6e-3 / total, 1e-12);
  EXPECT_NEAR(gradient[1], 3e-5 / total, 1e-12);
  EXPECT_NEAR(gradient[2], 1e-3 / total, 1e-12);
}

/// Rows of all shipped laws' kinds: a law with every roof.
constexpr const char* kFullLaw = R"(schema: 1
pool: forge
source: invented for tests
loss_scale: 0.1
coefficients:
  gemm.launch: {prior: 10 us, levels: {pool: 0.5, "*build_year": 0.2}}
  gemm.ramp: {prior: 3 us, levels: {pool: 0.5}}
  gemm.dram: {prior: 0.7, levels: {pool: 0.1, device: 0.1}}
  gemm.core: {prior: 3 B, levels: {pool: 0.5, format: 0.3}}
  gemm.serial: {prior: 2, levels: {pool: 0.5}}
  gemm.flop: {prior: 0.3, levels: {pool: 0.5}}
  expert.dram: {of: gemm.dram, levels: {pool: 0.1}}
  attention.dram: {prior: 0.4, levels: {pool: 0.5}}
  allreduce.link: {prior: 0.6, levels: {pool: 0.5}}
  small.launch: {of: gemm.launch, levels: {pool: 0.1}}
  step.host: {prior: 300 us, levels: {pool: 0.5}}
  step.sequence: {prior: 20 us, levels: {pool: 0.5, engine: 0.5}}
  step.sharpness: {prior: 3, levels: {pool: 0.2}}
)";

TEST(RowModel, GradientEqualsDifferencesForEveryCoefficient) {
  const test::InventedData data;
  data.write("laws/forge.yaml", kFullLaw);
  const sim::Library library = data.library();
  DesignBuilder builder(library.laws.at("forge"));
  sim::Request request = test::invented_request(library);
  request.llm = library.models.known("eightfold");
  request.scheme = "four";
  request.batch = 20;
  request.ranks = 2;
  request.facts.build_year = 2025.5;
  const FitRow row = builder.row(
      sim::step_loads(request, library.schemes.assign("four", *request.llm, library.formats),
                      library.formats, 1.0, 1000),
      1e-3, 1.0, true);

  std::mt19937 random(7);
  std::uniform_real_distribution<double> small(-0.3, 0.3);
  std::vector<double> at(builder.design().names.size());
  for (double& value : at) value = small(random);
  std::vector<double> gradient;
  const double ln = ln_predicted(row, at, &gradient);
  EXPECT_DOUBLE_EQ(ln, ln_predicted(row, at, nullptr));

  std::vector<double> by_parameter(at.size(), 0.0);
  for (std::size_t c = 0; c < row.coefficients.size(); ++c) {
    for (const auto& [index, weight] : row.coefficients[c].terms) {
      by_parameter[static_cast<std::size_t>(index)] += weight * gradient[c];
    }
  }
  double largest = 0;
  for (std::size_t p = 0; p < at.size(); ++p) {
    constexpr double kStep = 1e-5;
    std::vector<double> above = at;
    std::vector<double> below = at;
    above[p] += kStep;
    below[p] -= kStep;
    const double difference =
        (ln_predicted(row, above, nullptr) - ln_predicted(row, below, nullptr)) / (2 * kStep);
    EXPECT_NEAR(by_parameter[p], difference, 1e-8) << builder.design().names[p];
    largest = std::max(largest, std::abs(difference));
  }
  EXPECT_GT(largest, 0.05);
}

}  // namespace
}  // namespace foretoken::calibrate
