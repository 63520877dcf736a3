#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "calibrate/quality_fit.h"

namespace foretoken::calibrate {
namespace {

constexpr double kLevel = 0.9;
constexpr std::size_t kLeastFolds = 3;
constexpr double kLeastWidening = 0.7;
constexpr double kMostWidening = 4.0;

/// How much wider the interval must be to just hold the case; 0 at the point.
double needed_widening(const QualityCase& one, double loss,
                       const sim::QualityCoefficients& fitted) {
  const double noise = fitted.noise * sim::noise_factor(*one.row);
  const sim::LossInterval interval =
      sim::loss_interval(sim::loss_belief(one.design, fitted), noise, kLevel);
  const double centre = sim::loss_scale(interval.point);
  return std::abs(sim::loss_scale(loss) - centre) / (sim::loss_scale(interval.hi) - centre);
}

/// The value below which a share `kLevel` of the weight lies.
double weighted_quantile(std::vector<std::pair<double, double>> values) {
  std::sort(values.begin(), values.end());
  double all = 0;
  for (const auto& [value, weight] : values) all += weight;
  double sum = 0;
  for (const auto& [value, weight] : values) {
    sum += weight;
    if (sum >= kLevel * all) return value;
  }
  return 1.0;
}

}  // namespace

std::vector<std::string> quality_folds(const std::vector<QualityCase>& cases) {
  std::set<std::string> names;
  for (const QualityCase& one : cases) names.insert(one.fold);
  return {names.begin(), names.end()};
}

std::vector<QualityCase> cases_without(const std::vector<QualityCase>& cases,
                                       const std::string& fold) {
  std::vector<QualityCase> others;
  std::copy_if(cases.begin(), cases.end(), std::back_inserter(others),
               [&](const QualityCase& one) { return one.fold != fold; });
  return others;
}

sim::QualityCoefficients fit_quality_widened(const std::vector<QualityCase>& cases,
                                             const sim::QualityPriors& priors) {
  sim::QualityCoefficients fitted = fit_quality(cases, priors);
  const std::vector<std::string> folds = quality_folds(cases);
  if (folds.size() < kLeastFolds) return fitted;
  std::vector<std::pair<double, double>> needed;
  for (const std::string& fold : folds) {
    const sim::QualityCoefficients others = fit_quality(cases_without(cases, fold), priors);
    for (const QualityCase& one : cases) {
      const auto loss = one.row->ln_ratio();
      if (one.fold != fold || !loss) continue;
      needed.emplace_back(needed_widening(one, *loss, others), 1.0 / one.replicates);
    }
  }
  if (needed.empty()) return fitted;
  fitted.widening = std::clamp(weighted_quantile(std::move(needed)), kLeastWidening, kMostWidening);
  return fitted;
}

}  // namespace foretoken::calibrate
