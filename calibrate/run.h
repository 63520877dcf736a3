#pragma once

/// The whole calibration: measured rows in, a coefficient file out.

#include <functional>
#include <string>
#include <vector>

#include "calibrate/dataset.h"
#include "calibrate/fit.h"
#include "ops/coefficients.h"
#include "sim/library.h"

namespace foretoken::calibrate {

struct CalibrateOptions {
  int threads = 0;                                         ///< 0: all cores
  std::function<void(std::size_t, std::size_t)> progress;  ///< (pools done, pools in all)
};

struct PoolSummary {
  std::string pool;
  std::size_t decode_rows = 0;
  std::size_t kernel_rows = 0;
  std::size_t parameters = 0;
  int iterations = 0;
  double median_ape = 0;  ///< of the fit on its own clean rows: not a measure of prediction
};

struct RejectedRow {
  std::string row_id;
  std::string reason;
};

struct Calibration {
  ops::CoefficientTable coefficients;
  std::vector<PoolSummary> pools;
  std::vector<RejectedRow> rejected;
  std::string data_hash;  ///< of every row that took part
};

/// Settings of a refit inside a fold: it starts near its optimum and estimates its own spreads.
inline constexpr FitSettings kFoldSettings{.rounds = 2, .max_iterations = 10};

/// Fits every pool over its fitted rows, pools in parallel.
std::vector<Fit> fit_all(const std::vector<const PoolData*>& pools, bool with_deviations,
                         const CalibrateOptions& options);

/// What a coefficient file keeps of one pool's fit over its fitted rows, doubts included.
ops::PoolCoefficients coefficients_of(const PoolData& pool, const Fit& fit);

Calibration calibrate(const sim::Library& library, const std::vector<std::string>& data_folders,
                      const CalibrateOptions& options);

}  // namespace foretoken::calibrate
