#include "calibrate/fit.h"

#include <algorithm>
#include <cmath>

#include "calibrate/posterior.h"
#include "calibrate/row_model.h"
#include "calibrate/solve.h"

namespace foretoken::calibrate {
namespace {

constexpr double kLeastScale = 0.01;
constexpr double kLargestScale = 0.5;
constexpr double kLeastSpread = 0.01;
constexpr double kLargestSpread = 2.0;

/// 1.4826 times the median absolute residual: a standard deviation that outliers do not move.
double robust_scale(std::vector<double> residuals, double otherwise) {
  if (residuals.empty()) return otherwise;
  for (double& r : residuals) r = std::abs(r);
  const auto middle = residuals.begin() + static_cast<std::ptrdiff_t>(residuals.size() / 2);
  std::nth_element(residuals.begin(), middle, residuals.end());
  constexpr double kMadToSigma = 1.4826;
  return std::clamp(kMadToSigma * *middle, kLeastScale, kLargestScale);
}

/// Noise of each source: its own robust scale, drawn towards that of all rows as if a few more rows
/// had been seen at the common level.
void update_noise(const std::vector<FitRow>& rows, const std::vector<std::uint8_t>& included,
                  const std::vector<double>& parameters, Fit& fit) {
  constexpr double kPriorRows = 10;
  std::vector<std::vector<double>> by_source(fit.noise.size());
  std::vector<double> all;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (included[i] == 0) continue;
    const double residual = ln_predicted(rows[i], parameters, nullptr) - rows[i].ln_seconds;
    by_source[static_cast<std::size_t>(rows[i].source)].push_back(residual);
    all.push_back(residual);
  }
  fit.scale = robust_scale(std::move(all), kLargestScale);
  for (std::size_t s = 0; s < by_source.size(); ++s) {
    const double count = static_cast<double>(by_source[s].size());
    const double own = robust_scale(std::move(by_source[s]), fit.scale);
    fit.noise[s] =
        std::sqrt((count * own * own + kPriorRows * fit.scale * fit.scale) / (count + kPriorRows));
  }
}

/// New spread of each level: the mean of value^2 + posterior variance over the parameters that rows
/// speak of, with one pseudo-observation at the law file's spread.
void update_spreads(const Design& design, const std::vector<double>& parameters,
                    const std::vector<double>& variances, const std::vector<double>& row_counts,
                    std::vector<double>& spreads) {
  const auto levels = static_cast<std::size_t>(design.levels);
  std::vector<double> sum(levels, 0.0);
  std::vector<double> count(levels, 0.0);
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    if (design.level[p] < 0) continue;
    const auto level = static_cast<std::size_t>(design.level[p]);
    if (count[level] == 0.0) {
      sum[level] += design.spread[p] * design.spread[p];
      count[level] += 1.0;
    }
    if (row_counts[p] == 0.0) continue;
    sum[level] += parameters[p] * parameters[p] + variances[p];
    count[level] += 1.0;
  }
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    if (design.level[p] < 0) continue;
    const auto level = static_cast<std::size_t>(design.level[p]);
    spreads[p] = std::clamp(std::sqrt(sum[level] / count[level]), kLeastSpread, kLargestSpread);
  }
}

std::vector<double> rows_behind(const Design& design, const std::vector<FitRow>& rows,
                                const std::vector<std::uint8_t>& included) {
  std::vector<double> counts(design.names.size(), 0.0);
  std::vector<std::size_t> last(design.names.size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (included[i] == 0) continue;
    for (const FitCoefficient& coefficient : rows[i].coefficients) {
      for (const auto& term : coefficient.terms) {
        const auto p = static_cast<std::size_t>(term.first);
        if (last[p] == i) continue;
        last[p] = i;
        counts[p] += 1.0;
      }
    }
  }
  return counts;
}

}  // namespace

Fit fit_pool(const Design& design, const std::vector<FitRow>& rows,
             const std::vector<std::uint8_t>& included, const std::vector<double>& start,
             const FitSettings& settings, bool with_deviations) {
  Fit fit;
  fit.parameters = start.empty() ? std::vector<double>(design.names.size(), 0.0) : start;
  fit.rows = rows_behind(design, rows, included);
  fit.noise.assign(static_cast<std::size_t>(design.sources), settings.initial_scale);
  Scales scales{
      .spreads = settings.initial_spreads.empty() ? design.spread : settings.initial_spreads,
      .noise = fit.noise};
  std::vector<double> variances;
  for (int round = 0; round < settings.rounds; ++round) {
    const SolveResult result =
        solve(rows, included, scales, settings.max_iterations, fit.parameters);
    fit.iterations += result.iterations;
    fit.converged = result.converged;
    const bool last = round + 1 == settings.rounds;
    if (last && !with_deviations) break;
    variances = Posterior(rows, included, scales, fit.parameters).variances();
    if (last) break;
    update_spreads(design, fit.parameters, variances, fit.rows, scales.spreads);
    update_noise(rows, included, fit.parameters, fit);
    scales.noise = fit.noise;
  }
  if (with_deviations) {
    for (const double v : variances) fit.deviations.push_back(std::sqrt(v));
  }
  fit.spreads = scales.spreads;
  return fit;
}

bool is_of_source(const std::string& parameter) {
  return parameter.find("[source=") != std::string::npos ||
         parameter.find(",source=") != std::string::npos;
}

void forget_sources(const Design& design, std::vector<double>& parameters) {
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    if (is_of_source(design.names[p])) parameters[p] = 0.0;
  }
}

}  // namespace foretoken::calibrate
