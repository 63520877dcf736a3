#pragma once

/// The Laplace posterior of a fit: normal around the optimum, its precision the Gauss-Newton
/// Hessian with the rows weighted as the robust loss weights them there. The Hessian is sparse:
/// operators of different families share nothing.

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "calibrate/fit_row.h"
#include "calibrate/solve.h"
#include "ops/draws.h"

namespace foretoken::calibrate {

/// A posterior reduced to what predictions need.
struct Belief {
  std::vector<double> parameters;
  std::vector<ops::Draws> draws;  ///< of each parameter, less its value
};

class Posterior {
 public:
  /// `rows` must outlive it.
  Posterior(const std::vector<FitRow>& rows, const std::vector<std::uint8_t>& included,
            const Scales& scales, const std::vector<double>& parameters);
  ~Posterior();
  Posterior(const Posterior&) = delete;
  Posterior& operator=(const Posterior&) = delete;

  /// Marginal, of every parameter.
  std::vector<double> variances() const;
  /// Joint draws, one entry a parameter; the same for the same seed.
  std::vector<ops::Draws> draws(std::uint64_t seed = 0) const;
  /// Optimum and draws without some of the included rows, by one Newton step from here: exact
  /// where the law is linear, and for parameters that no other row speaks of. A step is at most
  /// three of the new standard deviations of a parameter.
  Belief without(const std::vector<std::size_t>& left_out);
  /// Of sums of parameters, each as (parameter, weight) pairs: ln of a coefficient, say.
  std::vector<double> variances_of(
      const std::vector<std::vector<std::pair<int, double>>>& sums) const;
  /// Covariance of the predicted ln seconds of `rows`, whether measured or not; row-major.
  std::vector<double> covariance(const std::vector<FitRow>& rows) const;
  /// Optimum once more rows are known, with this posterior as their prior. A row that surprises is
  /// believed at first and doubted, by the robust loss, only if nothing in the law explains it.
  std::vector<double> with(const std::vector<FitRow>& more, const Scales& scales) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace foretoken::calibrate
