#include "calibrate/run.h"

#include <algorithm>
#include <atomic>
#include <cmath>

#include "calibrate/dataset.h"
#include "calibrate/fit.h"
#include "calibrate/folds.h"
#include "calibrate/row_model.h"
#include "calibrate/side_by_side.h"
#include "calibrate/uncertainty.h"

namespace foretoken::calibrate {
namespace {

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
  std::atomic<std::size_t> done{0};
  side_by_side(pools.size(), options.threads, [&](std::size_t i) {
    const PoolData& pool = *pools[i];
    fits[i] = fit_pool(pool.design(), pool.fit_rows, fitted_flags(pool), {},
                       starting_from(FitSettings{}, *pool.law), with_deviations);
    const std::size_t finished = ++done;
    if (options.progress) options.progress(finished, pools.size());
  });
  return fits;
}

ops::PoolCoefficients coefficients_of(const PoolData& pool, const Fit& fit) {
  ops::PoolCoefficients result;
  result.law = *pool.law;
  const Design& design = pool.design();
  Doubts doubts = doubts_of(pool, fitted_flags(pool), fit, all_asked(pool));
  for (std::size_t p = 0; p < design.names.size(); ++p) {
    if (fit.rows[p] == 0.0) continue;
    const ops::Draws& draws = doubts.belief.draws[p];
    result.parameters[design.names[p]] = {fit.parameters[p],
                                          fit.deviations[p],
                                          fit.rows[p],
                                          {draws.begin(), draws.begin() + ops::kHalfDraws}};
  }
  result.uncertainty = std::move(doubts.uncertainty);
  for (const PoolRow& row : pool.rows) result.rows += row.fitted ? 1.0 : 0.0;
  return result;
}

Calibration calibrate(const sim::Library& library, const std::vector<std::string>& data_folders,
                      const CalibrateOptions& options) {
  const Dataset data = read_dataset(library, data_folders);
  std::vector<const PoolData*> pools;
  for (const auto& entry : data.pools) {
    const auto flags = fitted_flags(entry.second);
    if (std::count(flags.begin(), flags.end(), 1) > 0) pools.push_back(&entry.second);
  }
  if (data.energy.law != nullptr && !data.energy.rows.empty()) pools.push_back(&data.energy);
  const std::vector<Fit> fits = fit_all(pools, true, options);

  Calibration result;
  result.data_hash = data.hash;
  std::vector<ops::PoolCoefficients> coefficients(pools.size());
  side_by_side(pools.size(), options.threads,
               [&](std::size_t i) { coefficients[i] = coefficients_of(*pools[i], fits[i]); });
  for (std::size_t i = 0; i < pools.size(); ++i) {
    result.coefficients.add(std::move(coefficients[i]));
    result.pools.push_back(summary_of(*pools[i], fits[i]));
  }
  for (const UnusableRow& row : data.unusable) result.rejected.push_back({row.row_id, row.reason});
  return result;
}

}  // namespace foretoken::calibrate
