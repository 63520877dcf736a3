#include "calibrate/folds.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "calibrate/predicted_time.h"
#include "calibrate/row_keys.h"
#include "calibrate/row_model.h"
#include "calibrate/side_by_side.h"
#include "calibrate/uncertainty.h"
#include "sim/interval.h"

namespace foretoken::calibrate {
namespace {

struct Task {
  std::size_t plan;
  std::string key;
};

void run_fold(const FoldPlan& plan, const std::string& key, const FitSettings& settings,
              HeldOut& result) {
  const PoolData& pool = *plan.pool;
  std::vector<std::uint8_t> included = fitted_flags(pool);
  for (std::size_t i = 0; i < pool.rows.size(); ++i) {
    if (plan.keys[i] == key) included[i] = 0;
  }
  const Fit fit = fit_pool(pool.design(), pool.fit_rows, included, plan.start,
                           starting_from(settings, *pool.law), false);
  const std::set<std::string> stepped = devices_of(pool, included, false);
  const std::set<std::string> kerneled = devices_of(pool, included, true);
  const auto known = [&](const PoolRow& row) {
    return (row.kernel != nullptr ? kerneled : stepped).count(device_key(row)) > 0;
  };
  std::set<Asked> asked;
  for (std::size_t i = 0; i < pool.rows.size(); ++i) {
    if (plan.keys[i] != key || !plan.scored(pool.rows[i])) continue;
    asked.insert({question_of(pool.rows[i]), known(pool.rows[i])});
  }
  const Doubts doubts = doubts_of(pool, included, fit, asked);
  for (std::size_t i = 0; i < pool.rows.size(); ++i) {
    if (plan.keys[i] != key || !plan.scored(pool.rows[i])) continue;
    const double ln = ln_predicted(pool.fit_rows[i], doubts.belief.parameters, nullptr);
    sim::Doubt doubt = doubt_of_row(pool, i, doubts, ln, known(pool.rows[i]));
    if (!plan.time_moves.empty()) {
      const double by_time = time_elasticity(pool.fit_rows[i], doubts.belief.parameters);
      for (std::size_t d = 0; d < doubt.offsets.size(); ++d) {
        doubt.offsets[d] += by_time * plan.time_moves[i][d];
      }
    }
    if (plan.keep_doubts) result.doubts[i] = doubt;
    result.ln_predicted[i] = ln;
    result.below[i] = sim::probability_below(doubt, pool.fit_rows[i].ln_seconds - ln);
    const sim::LogInterval interval = sim::log_interval(doubt, kWidthLevel);
    result.ln_width[i] = interval.hi - interval.lo;
  }
}

}  // namespace

std::vector<std::uint8_t> fitted_flags(const PoolData& pool) {
  std::vector<std::uint8_t> flags;
  flags.reserve(pool.rows.size());
  for (const PoolRow& row : pool.rows) flags.push_back(row.fitted ? 1 : 0);
  return flags;
}

std::vector<std::string> grouped_keys(const std::vector<std::string>& keys, std::size_t most) {
  const std::set<std::string> distinct(keys.begin(), keys.end());
  std::map<std::string, std::string> group;
  std::size_t index = 0;
  for (const std::string& key : distinct) {
    if (!key.empty()) group[key] = "fold " + std::to_string(index++ % most);
  }
  std::vector<std::string> grouped;
  grouped.reserve(keys.size());
  for (const std::string& key : keys) grouped.push_back(key.empty() ? key : group.at(key));
  return grouped;
}

std::vector<HeldOut> predict_held_out(
    const std::vector<FoldPlan>& plans, const FitSettings& settings, int threads,
    const std::function<void(std::size_t, std::size_t)>& progress) {
  std::vector<HeldOut> results(plans.size());
  std::vector<Task> tasks;
  for (std::size_t p = 0; p < plans.size(); ++p) {
    for (auto* column : {&results[p].ln_predicted, &results[p].below, &results[p].ln_width}) {
      column->assign(plans[p].keys.size(), std::numeric_limits<double>::quiet_NaN());
    }
    if (plans[p].keep_doubts) results[p].doubts.resize(plans[p].keys.size());
    std::set<std::string> keys(plans[p].keys.begin(), plans[p].keys.end());
    keys.erase("");
    results[p].folds = keys.size();
    for (const std::string& key : keys) tasks.push_back({p, key});
  }
  std::atomic<std::size_t> done{0};
  side_by_side(tasks.size(), threads, [&](std::size_t t) {
    // Folds of one plan write to rows of their own: no two tasks touch one element.
    run_fold(plans[tasks[t].plan], tasks[t].key, settings, results[tasks[t].plan]);
    const std::size_t finished = ++done;
    if (progress) progress(finished, tasks.size());
  });
  return results;
}

}  // namespace foretoken::calibrate
