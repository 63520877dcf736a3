#pragma once

/// Energy as `foretoken predict` gives it: at the time that the time law foretells, not at the one
/// measured beside it. Held out twice: a row's time comes from a fit of its pool without its device
/// (or model), and its joules from a fit of the energy law without it.

#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "calibrate/dataset.h"
#include "ops/draws.h"

namespace foretoken::calibrate {

/// Of one row that states energy. `missing` says why there is none.
struct TimeForecast {
  double ln_seconds = 0;
  ops::Draws moves{};  ///< what it doubts, as `sim::time_moves` has it
  std::string missing;
};

/// What folds leave out together.
using KeyOf = std::function<std::string(const PoolRow&)>;

struct ForecastSettings {
  int threads = 0;
  std::function<void(std::size_t, std::size_t)> progress;
};

/// One forecast for each of `data.energy_rows`. The time is that of the mean step, prompts of
/// others included, that the row's energy is of. Adds such steps to `data.pools` as rows that no
/// fit learns from; `steps` keeps them.
std::vector<TimeForecast> forecast_times(Dataset& data, const sim::Library& library,
                                         const KeyOf& key, const ForecastSettings& settings,
                                         std::deque<ResolvedRow>& steps);

/// Every row of the energy pool that has a forecast, once more at that time, as rows that no fit
/// learns from, behind the others. Returns the moves of each row of the pool; zero where it is
/// priced at its measured time.
std::vector<ops::Draws> add_rows_at_predicted_time(Dataset& data, const sim::Library& library,
                                                   const std::vector<TimeForecast>& forecasts);

/// d ln joules / d ln seconds of a fit row of the energy law: the share of what lasts.
double time_elasticity(const FitRow& row, const std::vector<double>& parameters);

}  // namespace foretoken::calibrate
