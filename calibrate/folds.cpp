#include "calibrate/folds.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include <tbb/global_control.h>
#include <tbb/parallel_for.h>

#include "base/hash.h"
#include "calibrate/row_model.h"

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
  std::vector<FitRow> const& rows = pool.fit_rows;
  Fit fit = fit_pool(pool.design(), rows, included, plan.start, starting_from(settings, *pool.law),
                     false);
  forget_sources(pool.design(), fit.parameters);
  for (std::size_t i = 0; i < pool.rows.size(); ++i) {
    if (plan.keys[i] == key) {
      result.ln_predicted[i] = ln_predicted(rows[i], fit.parameters, nullptr);
    }
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
    results[p].ln_predicted.assign(plans[p].keys.size(), std::numeric_limits<double>::quiet_NaN());
    std::set<std::string> keys(plans[p].keys.begin(), plans[p].keys.end());
    keys.erase("");
    results[p].folds = keys.size();
    for (const std::string& key : keys) tasks.push_back({p, key});
  }
  std::atomic<std::size_t> done{0};
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism,
                                  threads > 0 ? static_cast<std::size_t>(threads)
                                              : tbb::global_control::active_value(
                                                    tbb::global_control::max_allowed_parallelism));
  tbb::parallel_for(std::size_t{0}, tasks.size(), [&](std::size_t t) {
    // Folds of one plan write to rows of their own: no two tasks touch one element.
    run_fold(plans[tasks[t].plan], tasks[t].key, settings, results[tasks[t].plan]);
    const std::size_t finished = ++done;
    if (progress) progress(finished, tasks.size());
  });
  return results;
}

std::string device_key(const PoolRow& row) {
  return row.decode != nullptr ? row.decode->request.device->id : row.kernel->device->id;
}

std::string model_key(const PoolRow& row) {
  return row.decode != nullptr ? row.decode->request.llm->id : "";
}

std::string source_key(const PoolRow& row) {
  return row.decode != nullptr ? row.decode->row->source : row.kernel->row->source;
}

std::string shape_key(const PoolRow& row) {
  if (row.kernel == nullptr) return "";
  const KernelRow& k = *row.kernel->row;
  const auto whole = [](double value) { return std::to_string(std::llround(value)); };
  return k.op + " " + whole(k.n) + "x" + whole(k.k) + " " + whole(k.heads_q) + "/" +
         whole(k.heads_kv) + "x" + whole(k.head_dim) + " " + whole(k.experts);
}

std::vector<double> residual_quantiles(const PoolData& pool,
                                       const std::vector<double>& ln_predicted,
                                       const std::vector<std::string>& keys,
                                       const std::string& skip_key, bool kernels) {
  std::map<std::string, double> rows_of_device;
  std::vector<std::pair<double, double>> weighted;  // (residual, weight)
  const auto counts = [&](std::size_t i) {
    const PoolRow& row = pool.rows[i];
    return row.fitted && (row.kernel != nullptr) == kernels && !std::isnan(ln_predicted[i]) &&
           keys[i] != skip_key;
  };
  for (std::size_t i = 0; i < pool.rows.size(); ++i) {
    if (counts(i)) rows_of_device[device_key(pool.rows[i])] += 1.0;
  }
  double total = 0.0;
  for (std::size_t i = 0; i < pool.rows.size(); ++i) {
    if (!counts(i)) continue;
    const double weight = 1.0 / std::sqrt(rows_of_device[device_key(pool.rows[i])]);
    weighted.emplace_back(pool.fit_rows[i].ln_seconds - ln_predicted[i], weight);
    total += weight;
  }
  std::sort(weighted.begin(), weighted.end());
  constexpr std::size_t kMost = 200;
  const std::size_t n = std::min(kMost, weighted.size());
  std::vector<double> quantiles;
  double below = 0.0;
  std::size_t at = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double target = (static_cast<double>(i) + 0.5) / static_cast<double>(n) * total;
    while (at + 1 < weighted.size() && below + weighted[at].second < target) {
      below += weighted[at++].second;
    }
    quantiles.push_back(weighted[at].first);
  }
  return quantiles;
}

}  // namespace foretoken::calibrate
