#pragma once

/// How well quantization losses of models that nobody measured are foretold: every model left out
/// with its kin of the same series and size, the law fitted to the others, spreads and noises too.

#include <cstddef>
#include <string>
#include <vector>

#include "calibrate/quality_fit.h"
#include "sim/library.h"

namespace foretoken::validate {

/// One row of a model left out.
struct QualityScored {
  const sim::QualityRow* row = nullptr;
  std::string fold;
  std::string format;
  double bits = 16;
  double predicted = 0;       ///< ln of the perplexity ratio
  double by_bits = 0;         ///< baseline: least squares over bits alone
  double by_format = 0;       ///< baseline: mean of the format over the other models
  double weight = 1;          ///< below 1 for replicates of a format in one group
  double noise = 0;           ///< of a measured ratio, as the fold's fit found it
  std::vector<bool> covered;  ///< by the interval of each of `kQualityLevelsShown`
};
inline constexpr double kQualityLevelsShown[] = {0.5, 0.8, 0.9};

/// Formats of one group in order, predicted against measured.
struct QualityRanking {
  std::string group;
  std::size_t formats = 0;
  std::size_t pairs = 0;  ///< that the measurement tells apart
  double tau = 0;         ///< concordant less discordant, over pairs
  double tau_by_bits = 0;
  double tau_by_format = 0;
};

struct QualityFold {
  std::string name;
  std::size_t rows = 0;  ///< with a stated reference
  double median_error = 0;
  double covered = 0;  ///< by the 90 % interval
};

struct QualityCard {
  std::size_t rows = 0;      ///< scored, with a stated reference
  std::size_t evidence = 0;  ///< rows that take part in fits
  std::size_t rejected = 0;
  double covered[3] = {};  ///< shares, of `kQualityLevelsShown`
  /// Median of |ln ratio foretold - ln ratio measured|.
  double median_error = 0;
  double median_error_by_bits = 0;
  double median_error_by_format = 0;
  /// Median of |ln(loss foretold / loss measured)| of losses above 0.5 %.
  double median_ln_loss_error = 0;
  double median_ln_loss_error_by_bits = 0;
  double median_ln_loss_error_by_format = 0;
  double tau = 0;  ///< mean over rankings, each by its pairs
  double tau_by_bits = 0;
  double tau_by_format = 0;
  double median_tau = 0;
  std::vector<QualityFold> folds;
  std::vector<QualityRanking> rankings;
  std::vector<QualityScored> scored;  ///< the worst last
};

/// Throws Error when fewer than two models have rows.
QualityCard validate_quality(const std::vector<sim::QualityRow>& rows, const sim::Library& library,
                             const sim::QualityPriors& priors);

/// Kendall's tau of `predicted` with `measured` over the pairs whose measured values differ by more
/// than `tie`; a pair that is predicted equal counts as neither. `pairs` is set to their number.
double kendall_tau(const std::vector<double>& measured, const std::vector<double>& predicted,
                   const std::vector<double>& tie, std::size_t& pairs);

}  // namespace foretoken::validate
