#pragma once

/// Which measurement would narrow predictions most. In the Laplace posterior predictions are
/// jointly normal in ln time, so what a measurement that nobody made yet would leave of their
/// variance is known beforehand:
///
///   var(r | c) = C_rr - C_rc (C_cc + noise^2)^-1 C_cr
///
/// with C the covariance of predictions r and of the rows c that the measurement would bring.

#include <cstddef>
#include <string>
#include <vector>

#include "calibrate/fit_row.h"
#include "calibrate/posterior.h"

namespace foretoken::calibrate {

/// Rows that one command would measure, as the pool's design builder made them.
struct Candidate {
  std::string tool;     ///< candidates of one tool differ in model or format alone
  std::string command;  ///< as a user types it
  std::string what;     ///< "llama-3.1-8b Q8_0 after 4096 tokens"
  std::vector<FitRow> rows;
  double noise = 0.1;  ///< standard deviation of their ln times
};

struct Narrowing {
  std::size_t candidate = 0;
  /// Mean over the questions of a prediction's deviation after it over that before, noise of a
  /// single measurement included: 1 where it says nothing of them.
  double factor = 1.0;
};

/// Every candidate, the most useful first. `noise` is that of what the questions would measure. The
/// posterior must be of a design that has all parameters of the rows.
std::vector<Narrowing> narrowings(const Posterior& posterior, const std::vector<FitRow>& questions,
                                  const std::vector<Candidate>& candidates, double noise);

}  // namespace foretoken::calibrate
