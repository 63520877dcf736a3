#pragma once

/// Fits the law of quantization losses (sim/quality_law.h) to published rows: the most probable
/// parameters under their priors by Gauss-Newton steps with robust weights, the posterior by the
/// Hessian there, the spread of every level and both noises by expectation-maximization. Rows whose
/// source states no unquantized perplexity take part: what it would have been is one more parameter
/// of their group.

#include <optional>
#include <string>
#include <vector>

#include "sim/library.h"
#include "sim/quality_coefficients.h"
#include "sim/quality_row.h"

namespace foretoken::calibrate {

/// A row that says what its matrices are rounded to.
struct QualityCase {
  const sim::QualityRow* row = nullptr;
  sim::QualityDesign design;
  /// Models of one series and size are one: a point release or a fine-tune is no unseen model.
  std::string fold;
  std::string format;     ///< rows of one format, made by any quantizer, are one format
  double bits = 16;       ///< mean of the layers' matrices, scales included
  double replicates = 1;  ///< rows of the same model and format; they share one weight
};

struct RejectedQuality {
  const sim::QualityRow* row;
  std::string reason;
};

struct QualityCases {
  std::vector<QualityCase> cases;
  std::vector<RejectedQuality> rejected;
};

/// Rows that are evidence, resolved in the library; the others with their reason. `rows` must
/// outlive the result.
QualityCases quality_cases(const std::vector<sim::QualityRow>& rows, const sim::Library& library);

/// Names the rows that a fit saw.
std::string quality_hash(const std::vector<sim::QualityRow>& rows);

/// The law fitted to the cases under `priors`, its `widening` 1. Throws Error when there is no case
/// to learn from.
sim::QualityCoefficients fit_quality(const std::vector<QualityCase>& cases,
                                     const sim::QualityPriors& priors);

/// The names of the folds, sorted, and the cases outside of one.
std::vector<std::string> quality_folds(const std::vector<QualityCase>& cases);
std::vector<QualityCase> cases_without(const std::vector<QualityCase>& cases,
                                       const std::string& fold);

/// The same fit, with its intervals widened by how far it misses models left out inside the cases:
/// each fold is left out once more and the widening makes the 90 % interval hold 90 % of what was
/// left out. With fewer than three folds it stays 1.
sim::QualityCoefficients fit_quality_widened(const std::vector<QualityCase>& cases,
                                             const sim::QualityPriors& priors);

}  // namespace foretoken::calibrate
