#include "calibrate/run.h"

#include <algorithm>
#include <atomic>
#include <cmath>

#include <tbb/global_control.h>
#include <tbb/parallel_for.h>

#include "calibrate/dataset.h"
#include "calibrate/fit.h"
#include "calibrate/folds.h"
#include "calibrate/row_model.h"

namespace foretoken::calibrate {
namespace {

/// Cross-validation groups for the residuals that intervals are made of; leave-one-out where there
/// are fewer keys than this.
constexpr std::size_t kGroups = 6;

std::vector<std::string> keys_of(const PoolData& pool, std::string (*key)(const PoolRow&)) {
  std::vector<std::string> keys;
  for (const PoolRow& row : pool.rows) {
    // Kernels only train here: intervals of a step come from steps.
    keys.push_back(row.decode != nullptr && row.fitted ? key(row) : "");
  }
  return grouped_keys(keys, kGroups);
}

double median_error(const PoolData& pool, const std::vector<double>& parameters) {
  std::vector<double> errors;
  for (std::size_t i = 0; i < pool.rows.size(); ++i) {
    if (!pool.rows[i].fitted) continue;
    const FitRow& row = pool.fit_rows[i];
    errors.push_back(std::abs(std::expm1(ln_predicted(row, parameters, nullptr) - row.ln_seconds)));
  }
  if (errors.empty()) return 0.0;
  const auto middle = errors.begin() + static_cast<std::ptrdiff_t>(errors.size() / 2);
  std::nth_element(errors.begin(), middle, errors.end());
  return *middle;
}

ops::PoolCoefficients coefficients_of(const PoolData& pool, const Fit& fit) {
  ops::PoolCoefficients result;
  result.law = *pool.law;
  const Design& design = pool.design();
  for (std::size_t p = 0; p < design.names.size(); ++p) {
    if (fit.rows[p] == 0.0) continue;
    result.parameters[design.names[p]] = {fit.parameters[p], fit.deviations[p], fit.rows[p]};
  }
  for (const PoolRow& row : pool.rows) result.rows += row.fitted ? 1.0 : 0.0;
  return result;
}

PoolSummary summary_of(const PoolData& pool, const Fit& fit) {
  PoolSummary summary{.pool = pool.name,
                      .parameters = pool.design().names.size(),
                      .iterations = fit.iterations,
                      .median_ape = median_error(pool, fit.parameters)};
  for (const PoolRow& row : pool.rows) {
    if (row.fitted) ++(row.decode != nullptr ? summary.decode_rows : summary.kernel_rows);
  }
  return summary;
}

}  // namespace

std::vector<Fit> fit_all(const std::vector<const PoolData*>& pools, bool with_deviations,
                         const CalibrateOptions& options) {
  std::vector<Fit> fits(pools.size());
  const tbb::global_control limit(
      tbb::global_control::max_allowed_parallelism,
      options.threads > 0
          ? static_cast<std::size_t>(options.threads)
          : tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism));
  std::atomic<std::size_t> done{0};
  tbb::parallel_for(std::size_t{0}, pools.size(), [&](std::size_t i) {
    const PoolData& pool = *pools[i];
    fits[i] = fit_pool(pool.design(), pool.fit_rows, fitted_flags(pool), {},
                       starting_from(FitSettings{}, *pool.law), with_deviations);
    const std::size_t finished = ++done;
    if (options.progress) options.progress(finished, pools.size());
  });
  return fits;
}

Calibration calibrate(const sim::Library& library, const std::vector<std::string>& data_folders,
                      const CalibrateOptions& options) {
  const Dataset data = read_dataset(library, data_folders);
  std::vector<const PoolData*> pools;
  for (const auto& entry : data.pools) {
    const auto flags = fitted_flags(entry.second);
    if (std::count(flags.begin(), flags.end(), 1) > 0) pools.push_back(&entry.second);
  }
  const std::vector<Fit> fits = fit_all(pools, true, options);

  std::vector<FoldPlan> plans;
  for (std::size_t i = 0; i < pools.size(); ++i) {
    plans.push_back({pools[i], keys_of(*pools[i], device_key), fits[i].parameters});
    plans.push_back({pools[i], keys_of(*pools[i], model_key), fits[i].parameters});
  }
  const std::vector<HeldOut> held_out =
      predict_held_out(plans, kFoldSettings, options.threads, nullptr);

  Calibration result;
  result.data_hash = data.hash;
  for (std::size_t i = 0; i < pools.size(); ++i) {
    ops::PoolCoefficients coefficients = coefficients_of(*pools[i], fits[i]);
    coefficients.residuals.unseen_device = residual_quantiles(
        *pools[i], held_out[2 * i].ln_predicted, plans[2 * i].keys, "none", false);
    coefficients.residuals.known_device = residual_quantiles(
        *pools[i], held_out[2 * i + 1].ln_predicted, plans[2 * i + 1].keys, "none", false);
    result.coefficients.add(std::move(coefficients));
    result.pools.push_back(summary_of(*pools[i], fits[i]));
  }
  for (const UnusableRow& row : data.unusable) result.rejected.push_back({row.row_id, row.reason});
  return result;
}

}  // namespace foretoken::calibrate
