#include "calibrate/predicted_time.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <set>

#include "calibrate/folds.h"
#include "calibrate/row_model.h"
#include "calibrate/run.h"
#include "sim/energy.h"

namespace foretoken::calibrate {
namespace {

/// Why the time law cannot price the devices of a row; empty: it can.
std::string not_priced(const EnergyRow& row) {
  const ResolvedRow& resolved = *row.row;
  if (!energy_counts(resolved)) return "its energy counts in no figure";
  if (static_cast<double>(resolved.request.ranks) < resolved.row->n_devices) {
    return "the time law does not share experts out over devices";
  }
  return "";
}

/// A pool's plan: rows whose key a row with energy has are left out, each key in its turn.
FoldPlan plan_of(const PoolData& pool, const KeyOf& key, const std::set<std::string>& asked,
                 const std::vector<double>& start) {
  FoldPlan plan{.pool = &pool, .keys = {}, .start = start, .kernels = false};
  plan.keep_doubts = true;
  for (const PoolRow& row : pool.rows) {
    const std::string name = key(row);
    plan.keys.push_back(asked.count(name) > 0 ? name : "");
  }
  return plan;
}

bool lasts(ops::CoefficientId id) {
  using enum ops::EnergyTerm;
  return id == ops::coefficient(Static) || id == ops::coefficient(Waiting) ||
         id == ops::coefficient(Host) || id == ops::kEnergyCap;
}

}  // namespace

std::vector<TimeForecast> forecast_times(Dataset& data, const sim::Library& library,
                                         const KeyOf& key, const ForecastSettings& settings,
                                         std::deque<ResolvedRow>& steps) {
  std::vector<TimeForecast> forecasts(data.energy_rows.size());
  struct Place {
    std::size_t forecast;
    std::size_t row;  ///< of its pool
  };
  std::map<std::string, std::vector<Place>> places;
  std::map<std::string, std::set<std::string>> asked;
  for (std::size_t i = 0; i < forecasts.size(); ++i) {
    const EnergyRow& energy = *data.energy_rows[i];
    forecasts[i].missing = not_priced(energy);
    if (!forecasts[i].missing.empty()) continue;
    ResolvedRow& step = steps.emplace_back(*energy.row);
    step.request = mean_step_request(*energy.row);
    step.loads = sim::mean_step_loads(step.request, *step.weights, library.formats);
    step.seconds = energy.seconds;
    PoolData& pool = data.pools.at(step.pool);  // where the row itself is
    places[step.pool].push_back({i, pool.rows.size()});
    pool.rows.push_back({.decode = &step});
    pool.fit_rows.push_back(pool.builder->row(step.loads, step.seconds, 1.0, true));
    asked[step.pool].insert(key(pool.rows.back()));
  }

  std::vector<const PoolData*> pools;
  for (const auto& entry : places) pools.push_back(&data.pools.at(entry.first));
  const std::vector<Fit> fits =
      fit_all(pools, false, {.threads = settings.threads, .progress = nullptr});
  std::vector<FoldPlan> plans;
  for (std::size_t p = 0; p < pools.size(); ++p) {
    plans.push_back(plan_of(*pools[p], key, asked.at(pools[p]->name), fits[p].parameters));
  }
  const std::vector<HeldOut> held_out =
      predict_held_out(plans, kFoldSettings, settings.threads, settings.progress);
  for (std::size_t p = 0; p < pools.size(); ++p) {
    for (const Place& place : places.at(pools[p]->name)) {
      forecasts[place.forecast].ln_seconds = held_out[p].ln_predicted[place.row];
      forecasts[place.forecast].moves = sim::time_moves(held_out[p].doubts[place.row]);
    }
  }
  return forecasts;
}

std::vector<ops::Draws> add_rows_at_predicted_time(Dataset& data, const sim::Library& library,
                                                   const std::vector<TimeForecast>& forecasts) {
  PoolData& pool = data.energy;
  std::vector<ops::Draws> moves(pool.rows.size());
  for (std::size_t i = 0; i < forecasts.size(); ++i) {
    if (!forecasts[i].missing.empty()) continue;
    data.energy_rows.push_back(std::make_unique<EnergyRow>(at_predicted_time(
        *data.energy_rows[i], std::exp(forecasts[i].ln_seconds), library.formats)));
    const EnergyRow& row = *data.energy_rows.back();
    pool.rows.push_back({.decode = row.row, .energy = &row});
    pool.fit_rows.push_back(pool.builder->energy_row(row.loads, row.joules, 1.0));
    moves.push_back(forecasts[i].moves);
  }
  return moves;
}

double time_elasticity(const FitRow& row, const std::vector<double>& parameters) {
  std::vector<double> gradient;
  ln_predicted(row, parameters, &gradient);
  double elasticity = 0.0;
  for (std::size_t c = 0; c < row.coefficients.size(); ++c) {
    if (lasts(row.coefficients[c].id)) elasticity += gradient[c];
  }
  return elasticity;
}

}  // namespace foretoken::calibrate
