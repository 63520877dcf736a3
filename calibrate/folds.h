#pragma once

/// Held-out prediction: rows are grouped by a key, each group is left out in turn, everything is
/// refitted without it, and the group is predicted by that fit.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "calibrate/dataset.h"
#include "calibrate/fit.h"
#include "ops/draws.h"
#include "sim/interval.h"

namespace foretoken::calibrate {

/// What is left out together. `keys` is parallel to the pool's rows; "" stands for rows that no
/// fold leaves out (they only train).
struct FoldPlan {
  const PoolData* pool = nullptr;
  std::vector<std::string> keys;
  std::vector<double> start;  ///< parameters of the fit over all rows: a warm start only
  bool steps = true;          ///< which held-out rows are predicted
  bool kernels = true;
  bool keep_doubts = false;  ///< in `HeldOut::doubts`
  /// What moves ln seconds of each row in the draws, for an energy at a time that is foretold;
  /// empty: times are as measured.
  std::vector<ops::Draws> time_moves;
  bool scored(const PoolRow& row) const { return row.kernel != nullptr ? kernels : steps; }
};

struct HeldOut {
  /// ln of the predicted seconds by the fit that did not see the row; NaN for rows that are not
  /// held out or not scored.
  std::vector<double> ln_predicted;
  /// Probability that this very fit gave to a time below the measured one.
  std::vector<double> below;
  std::vector<double> ln_width;    ///< of the 90 % interval
  std::vector<sim::Doubt> doubts;  ///< where the plan keeps them
  std::size_t folds = 0;
};

inline constexpr double kWidthLevel = 0.9;

/// Keys hashed into at most `most` groups, for a quick cross-validation instead of leave-one-out.
std::vector<std::string> grouped_keys(const std::vector<std::string>& keys, std::size_t most);

/// Runs all folds of all plans in parallel; results do not depend on the number of threads.
/// `progress(done, all)` may be called from several threads.
std::vector<HeldOut> predict_held_out(
    const std::vector<FoldPlan>& plans, const FitSettings& settings, int threads,
    const std::function<void(std::size_t, std::size_t)>& progress);

/// Flags of the rows that take part in a fit.
std::vector<std::uint8_t> fitted_flags(const PoolData& pool);

}  // namespace foretoken::calibrate
