#pragma once

/// The fit of one pool: maximum a posteriori over its parameters with Ceres, residuals in ln time,
/// each divided by the noise of its source, under a Cauchy loss. The spread of each level and the
/// noise of each source are estimated from the rows in the fit (expectation maximisation with the
/// Laplace posterior), so nothing is tuned on rows that are left out.

#include <cstdint>
#include <string>
#include <vector>

#include "calibrate/fit_row.h"
#include "ops/law_spec.h"

namespace foretoken::calibrate {

struct FitSettings {
  int rounds = 3;           ///< of spread estimation, each a full solve
  int max_iterations = 25;  ///< of one solve
  double initial_scale = 0.1;
  std::vector<double> initial_spreads;  ///< one a parameter; empty: the law file's
};

/// The settings with the noise that the pool's law file starts from.
inline FitSettings starting_from(FitSettings settings, const ops::LawSpec& law) {
  settings.initial_scale = law.loss_scale;
  return settings;
}

struct Fit {
  std::vector<double> parameters;
  std::vector<double> deviations;  ///< Laplace posterior; empty unless asked for
  std::vector<double> spreads;     ///< estimated, one a parameter
  std::vector<double> rows;        ///< rows that use each parameter
  double scale = 0.1;              ///< robust standard deviation of ln residuals, all sources
  std::vector<double> noise;       ///< the same for each source, drawn towards `scale`
  int iterations = 0;
  bool converged = false;
};

/// Fits the rows whose `included` flag is set. `start` may be empty. Throws Error when the solver
/// fails; never for a hard problem, which ends with `converged` false.
Fit fit_pool(const Design& design, const std::vector<FitRow>& rows,
             const std::vector<std::uint8_t>& included, const std::vector<double>& start,
             const FitSettings& settings, bool with_deviations);

/// Whether a parameter is particular to who measured.
bool is_of_source(const std::string& parameter);

/// Sets what is particular to who measured back to the mean of all: the parameters that a
/// prediction, which has no source, does not have.
void forget_sources(const Design& design, std::vector<double>& parameters);

}  // namespace foretoken::calibrate
