#include "sim/quality_coefficients.h"

#include <algorithm>
#include <cmath>

#include "base/normal.h"

namespace foretoken::sim {
namespace {

/// Parameters of one design: those fitted, then those that nobody measured, whose values are zero
/// and whose variances are their levels'.
struct Lookup {
  const QualityCoefficients& coefficients;
  std::map<std::string, std::size_t> known;
  std::vector<std::string> names;
  std::vector<double> values;
  std::vector<double> missing_variance;  ///< 0 for those fitted

  explicit Lookup(const QualityCoefficients& fitted) : coefficients(fitted) {
    for (std::size_t i = 0; i < fitted.names.size(); ++i) known.emplace(fitted.names[i], i);
    values = fitted.values;
    missing_variance.assign(values.size(), 0.0);
  }

  std::size_t index_of(const QualityFeature& feature) {
    const auto found = known.find(feature.parameter);
    if (found != known.end()) return found->second;
    const bool pooled = feature.level != QualityLevel::Fixed;
    const Normal prior = pooled ? Normal{} : coefficients.priors.at(feature.parameter);
    const double deviation =
        pooled ? coefficients.spreads[static_cast<std::size_t>(feature.level)] : prior.deviation;
    values.push_back(pooled ? 0.0 : prior.mean);
    missing_variance.push_back(deviation * deviation);
    known.emplace(feature.parameter, values.size() - 1);
    return values.size() - 1;
  }

  std::vector<QualityPoint::Feature> features_of(const std::vector<QualityFeature>& features) {
    std::vector<QualityPoint::Feature> indexed;
    for (const QualityFeature& feature : features) {
      indexed.push_back({index_of(feature), feature.factor});
    }
    return indexed;
  }
};

double variance_along(const std::vector<double>& gradient, const Lookup& lookup) {
  const QualityCoefficients& fitted = lookup.coefficients;
  const std::size_t n = fitted.names.size();
  double variance = 0;
  for (std::size_t i = 0; i < n; ++i) {
    if (gradient[i] == 0.0) continue;
    for (std::size_t j = 0; j < n; ++j) {
      variance += gradient[i] * fitted.covariance[i * n + j] * gradient[j];
    }
  }
  for (std::size_t i = n; i < gradient.size(); ++i) {
    variance += gradient[i] * gradient[i] * lookup.missing_variance[i];
  }
  return variance;
}

double parameter(const QualityCoefficients& fitted, const char* name) {
  const auto at = std::find(fitted.names.begin(), fitted.names.end(), name);
  if (at == fitted.names.end()) return fitted.priors.at(name).mean;
  return fitted.values[static_cast<std::size_t>(at - fitted.names.begin())];
}

/// x that Student's distribution exceeds upwards with half of `1 - level`, by bisection.
double student_bound(double level, int even_dof) {
  double low = 0.0;
  double high = 1e3;
  for (int i = 0; i < 60; ++i) {
    const double middle = 0.5 * (low + high);
    (student_cdf(middle, even_dof) < 0.5 + level / 2.0 ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

/// A reading that follows the loss as a power of it.
LossInterval power_interval(const LossBelief& belief, double scale, double exponent, double misfit,
                            double level) {
  const double mean = scale + exponent * belief.ln_mean;
  const double deviation = std::sqrt(exponent * exponent * belief.ln_variance + misfit * misfit);
  const double z = student_bound(level, belief.tail_dof) * deviation;
  return {.point = std::exp(mean), .lo = std::exp(mean - z), .hi = std::exp(mean + z)};
}

}  // namespace

double QualityCoefficients::rows_of(const std::string& name) const {
  const auto at = std::find(names.begin(), names.end(), name);
  return at == names.end() ? 0.0 : rows[static_cast<std::size_t>(at - names.begin())];
}

LossBelief loss_belief(const QualityDesign& design, const QualityCoefficients& coefficients) {
  Lookup lookup(coefficients);
  QualityPoint point;
  for (const QualityDesign::Term& term : design.terms) {
    point.terms.push_back({term.ln_share, lookup.features_of(term.features)});
  }
  point.scale = lookup.features_of(design.scale);
  point.exponent = lookup.features_of(design.exponent);
  point.curvature = lookup.features_of(design.curvature);
  std::vector<double> gradient(lookup.values.size(), 0.0);
  LossBelief belief{.tail_dof = coefficients.tail_dof};
  belief.ln_mean = ln_loss(point, lookup.values, &gradient);
  const double variance =
      variance_along(gradient, lookup) + coefficients.misfit * coefficients.misfit;
  belief.ln_variance = variance * coefficients.widening * coefficients.widening;
  return belief;
}

LossInterval loss_interval(const LossBelief& belief, double noise, double level) {
  const double loss = std::exp(belief.ln_mean);
  if (noise <= 0.0) {
    const double z = student_bound(level, belief.tail_dof) * std::sqrt(belief.ln_variance);
    return {.point = loss, .lo = loss * std::exp(-z), .hi = loss * std::exp(z)};
  }
  // On the scale of asinh the doubt of ln L and the noise of measuring add up at every size.
  const double slope = loss_scale_slope(loss);
  const double deviation =
      std::sqrt(slope * slope * (loss * loss * belief.ln_variance + noise * noise));
  const double z = student_bound(level, belief.tail_dof) * deviation;
  const double centre = loss_scale(loss);
  return {.point = loss, .lo = loss_of_scale(centre - z), .hi = loss_of_scale(centre + z)};
}

LossInterval kl_interval(const LossBelief& belief, const QualityCoefficients& coefficients,
                         double level) {
  return power_interval(belief, parameter(coefficients, "kl.scale"),
                        parameter(coefficients, "kl.exponent"), coefficients.kl_misfit, level);
}

LossInterval top1_interval(const LossBelief& belief, const QualityCoefficients& coefficients,
                           double level) {
  const LossInterval changed =
      power_interval(belief, parameter(coefficients, "top1.scale"),
                     parameter(coefficients, "top1.exponent"), coefficients.top1_misfit, level);
  const auto kept = [](double share) { return std::max(0.0, 1.0 - share); };
  return {.point = kept(changed.point), .lo = kept(changed.hi), .hi = kept(changed.lo)};
}

}  // namespace foretoken::sim
