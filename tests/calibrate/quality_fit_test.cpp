// Can the fit of quantization losses find what was planted?

#include "calibrate/quality_fit.h"

#include <algorithm>
#include <cmath>
#include <list>
#include <random>

#include <gtest/gtest.h>

namespace foretoken::calibrate {
namespace {

struct Planted {
  std::string format;
  std::string kind;
  double bits;
};
const std::vector<Planted> kFormats{
    {"A2", "k-quant", 2.6}, {"A3", "k-quant", 3.4}, {"A4", "k-quant", 4.5}, {"A5", "k-quant", 5.5},
    {"A6", "k-quant", 6.6}, {"B4", "legacy", 4.5},  {"B5", "legacy", 5.5},  {"B8", "legacy", 8.5}};

constexpr double kSlope = -1.2;
constexpr double kLegacy = 0.5;  ///< ln: legacy formats err more

double planted_ln_loss(const Planted& format, double model) {
  return std::log(0.02) + model + kSlope * (format.bits - 4.5) +
         (format.kind == "legacy" ? kLegacy : 0.0);
}

sim::QualityDesign design_of(const Planted& format, const std::string& model) {
  const sim::NoiseTerm term{.place = "ffn_up",
                            .share = 1.0,
                            .format = format.format,
                            .kind = format.kind,
                            .bits = format.bits,
                            .imatrix = 0.0};
  return sim::quality_design({term}, {.family = model, .model = model}, "");
}

/// Rows of eight models; those of the last one state no reference.
class PlantedLosses : public testing::Test {
 protected:
  PlantedLosses() {
    std::mt19937 random(7);
    std::normal_distribution<double> normal;
    for (int m = 0; m < 8; ++m) {
      const double effect = 0.4 * normal(random);
      for (const Planted& format : kFormats) {
        const double loss = std::exp(planted_ln_loss(format, effect) + 0.05 * normal(random)) +
                            3e-4 * normal(random);
        sim::QualityRow row{.source = "planted",
                            .model = "m" + std::to_string(m),
                            .model_name = "m" + std::to_string(m),
                            .evaluation = "text"};
        row.perplexity = 6.0 * std::exp(loss);
        if (m < 7) row.reference_perplexity = 6.0;
        rows_.push_back(row);
        cases_.push_back({.row = &rows_.back(),
                          .design = design_of(format, row.model),
                          .fold = row.model,
                          .format = format.format,
                          .bits = format.bits});
      }
    }
  }
  std::list<sim::QualityRow> rows_;
  std::vector<QualityCase> cases_;
};

const sim::QualityPriors& shipped_priors() {
  static const sim::QualityPriors kPriors = sim::find_quality_priors({FORETOKEN_DATA_DIR});
  return kPriors;
}

double value_of(const sim::QualityCoefficients& fitted, const std::string& name) {
  const auto at = std::find(fitted.names.begin(), fitted.names.end(), name);
  return at == fitted.names.end()
             ? std::nan("")
             : fitted.values[static_cast<std::size_t>(at - fitted.names.begin())];
}

TEST_F(PlantedLosses, FindsSlopeKindAndNoise) {
  const sim::QualityCoefficients fitted = fit_quality(cases_, shipped_priors());
  // Slope and exponent act together on a format alone: what is planted is their product.
  const double exponent = 1.0 + value_of(fitted, "exponent");
  EXPECT_NEAR(exponent * value_of(fitted, "bits"), kSlope, 0.12);
  EXPECT_NEAR(exponent * (value_of(fitted, "kind:legacy") - value_of(fitted, "kind:k-quant")),
              kLegacy, 0.2);
  EXPECT_LT(fitted.misfit, 0.15);
  EXPECT_LT(fitted.noise, 1e-3);
  EXPECT_GT(fitted.noise, 5e-5);
}

TEST_F(PlantedLosses, ForetellsAModelLeftOutWithinItsInterval) {
  double inside = 0;
  double all = 0;
  for (const std::string& fold : quality_folds(cases_)) {
    const sim::QualityCoefficients fitted =
        fit_quality(cases_without(cases_, fold), shipped_priors());
    for (const QualityCase& one : cases_) {
      const auto loss = one.row->ln_ratio();
      if (one.fold != fold || !loss) continue;
      const sim::LossInterval interval =
          sim::loss_interval(sim::loss_belief(one.design, fitted), fitted.noise, 0.9);
      inside += *loss >= interval.lo && *loss <= interval.hi ? 1.0 : 0.0;
      all += 1.0;
    }
  }
  EXPECT_GE(inside / all, 0.75);
}

TEST_F(PlantedLosses, OrderOfRowsDoesNotMatter) {
  const sim::QualityCoefficients one = fit_quality(cases_, shipped_priors());
  std::reverse(cases_.begin(), cases_.end());
  const sim::QualityCoefficients other = fit_quality(cases_, shipped_priors());
  EXPECT_NEAR(value_of(one, "bits"), value_of(other, "bits"), 1e-6);
  EXPECT_NEAR(one.misfit, other.misfit, 1e-6);
}

}  // namespace
}  // namespace foretoken::calibrate
