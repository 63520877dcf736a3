#pragma once

/// Fitted parameters of the law of quantization losses, and what they foretell.

#include <array>
#include <map>
#include <string>
#include <vector>

#include "base/estimate.h"
#include "sim/quality_law.h"
#include "sim/quality_priors.h"

namespace foretoken::sim {

struct QualityCoefficients {
  std::vector<std::string> names;
  std::vector<double> values;
  std::vector<double> covariance;                ///< row-major, of all names
  std::array<double, kQualityLevels> spreads{};  ///< standard deviation of each level
  double misfit = 0.3;       ///< of ln L, what the law does not say of a model and a format
  double noise = 0.001;      ///< of a measured L, whatever its size
  double kl_misfit = 0.3;    ///< of ln D at given L
  double top1_misfit = 0.3;  ///< of ln(1 - A) at given L
  std::vector<double> rows;  ///< rows behind each parameter
  std::size_t evidence = 0;  ///< rows in all
  /// Spreads are estimated from few families of models: beliefs have Student's tails of about as
  /// many degrees of freedom (even).
  int tail_dof = 6;
  /// Of every deviation of ln L: what models left out in the fit's own rows asked for.
  double widening = 1.0;
  QualityPriors priors;  ///< of parameters that were never fitted

  bool empty() const { return names.empty(); }
  /// Rows behind a parameter; 0 where it was never fitted.
  double rows_of(const std::string& name) const;
};

/// ln L of a design as a normal distribution, without the noise of measuring it.
struct LossBelief {
  double ln_mean = 0;
  double ln_variance = 0;
  int tail_dof = 6;
};
LossBelief loss_belief(const QualityDesign& design, const QualityCoefficients& coefficients);

/// Share of `level` of what would be measured: L, which may come out negative.
struct LossInterval {
  double point = 0;
  double lo = 0;
  double hi = 0;
};
/// `noise` of the measurement; zero for the loss itself.
LossInterval loss_interval(const LossBelief& belief, double noise, double level);

/// Mean KL divergence and top-1 agreement that go with a belief of the loss.
LossInterval kl_interval(const LossBelief& belief, const QualityCoefficients& coefficients,
                         double level);
LossInterval top1_interval(const LossBelief& belief, const QualityCoefficients& coefficients,
                           double level);

}  // namespace foretoken::sim
