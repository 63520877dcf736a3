#pragma once

/// Held-out prediction: rows are grouped by a key, each group is left out in turn, everything is
/// refitted without it, and the group is predicted by that fit.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "calibrate/dataset.h"
#include "calibrate/fit.h"

namespace foretoken::calibrate {

/// What is left out together. `keys` is parallel to the pool's rows; "" stands for rows that no
/// fold leaves out (they only train).
struct FoldPlan {
  const PoolData* pool = nullptr;
  std::vector<std::string> keys;
  std::vector<double> start;  ///< parameters of the fit over all rows: a warm start only
};

struct HeldOut {
  /// ln of the predicted seconds by the fit that did not see the row; NaN for rows without a key.
  std::vector<double> ln_predicted;
  std::size_t folds = 0;
};

/// Keys hashed into at most `most` groups, for a quick cross-validation instead of leave-one-out.
std::vector<std::string> grouped_keys(const std::vector<std::string>& keys, std::size_t most);

/// Runs all folds of all plans in parallel; results do not depend on the number of threads.
/// `progress(done, all)` may be called from several threads.
std::vector<HeldOut> predict_held_out(
    const std::vector<FoldPlan>& plans, const FitSettings& settings, int threads,
    const std::function<void(std::size_t, std::size_t)>& progress);

/// Flags of the rows that take part in a fit.
std::vector<std::uint8_t> fitted_flags(const PoolData& pool);

std::string device_key(const PoolRow& row);
std::string model_key(const PoolRow& row);
std::string source_key(const PoolRow& row);
/// Shape of a kernel's operator: "n x k", heads and head size.
std::string shape_key(const PoolRow& row);

/// Quantiles at (i + 0.5)/n of ln(measured/predicted) with every device weighing the square root of
/// its rows, so that one much-measured machine does not set the width for all. Rows with `skip_key`
/// as key are left out.
std::vector<double> residual_quantiles(const PoolData& pool,
                                       const std::vector<double>& ln_predicted,
                                       const std::vector<std::string>& keys,
                                       const std::string& skip_key, bool kernels);

}  // namespace foretoken::calibrate
