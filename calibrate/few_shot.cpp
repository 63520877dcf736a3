#include "calibrate/few_shot.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <map>
#include <set>
#include <tuple>

#include "base/hash.h"
#include "calibrate/folds.h"
#include "calibrate/posterior.h"
#include "calibrate/row_keys.h"
#include "calibrate/row_model.h"
#include "calibrate/side_by_side.h"

namespace foretoken::calibrate {
namespace {

constexpr int kChoices = 3;

using RowIndices = std::vector<std::size_t>;

/// Measured steps of each device that take part in fits.
std::map<std::string, RowIndices> steps_of_devices(const PoolData& pool) {
  std::map<std::string, RowIndices> steps;
  for (std::size_t i = 0; i < pool.rows.size(); ++i) {
    const PoolRow& row = pool.rows[i];
    if (row.fitted && row.decode != nullptr) steps[device_key(row)].push_back(i);
  }
  return steps;
}

/// The first `most` rows that someone would measure: another model each time, then another
/// configuration.
RowIndices chosen(const PoolData& pool, const RowIndices& rows, std::size_t most, int choice) {
  std::map<std::string, int> models;
  std::map<std::string, int> configurations;
  const auto configuration = [&](std::size_t i) {
    const sim::Request& request = pool.rows[i].decode->request;
    return request.llm->id + "|" + request.scheme + "|" + request.runtime->id;
  };
  const auto order = [&](std::size_t i) {
    return std::tuple(models[model_key(pool.rows[i])], configurations[configuration(i)],
                      fnv1a(pool.rows[i].decode->row->row_id + "#" + std::to_string(choice)), i);
  };
  RowIndices left = rows;
  RowIndices taken;
  while (taken.size() < most && !left.empty()) {
    const auto next = std::min_element(left.begin(), left.end(), [&](std::size_t a, std::size_t b) {
      return order(a) < order(b);
    });
    ++models[model_key(pool.rows[*next])];
    ++configurations[configuration(*next)];
    taken.push_back(*next);
    left.erase(next);
  }
  return taken;
}

/// Median error of the rows that are not among the shots.
double median_error(const PoolData& pool, const RowIndices& rows, const RowIndices& shots,
                    const std::vector<double>& parameters) {
  const std::set<std::size_t> given(shots.begin(), shots.end());
  std::vector<double> errors;
  for (const std::size_t i : rows) {
    if (given.count(i) > 0) continue;
    const FitRow& row = pool.fit_rows[i];
    errors.push_back(std::abs(std::expm1(ln_predicted(row, parameters, nullptr) - row.ln_seconds)));
  }
  std::sort(errors.begin(), errors.end());
  return 0.5 * (errors[(errors.size() - 1) / 2] + errors[errors.size() / 2]);
}

std::vector<DeviceShots> device_shots(const FewShotPlan& plan, const std::string& device,
                                      const RowIndices& rows, const std::vector<std::size_t>& shots,
                                      const FitSettings& settings) {
  const PoolData& pool = *plan.pool;
  std::vector<std::uint8_t> included = fitted_flags(pool);
  for (std::size_t i = 0; i < pool.rows.size(); ++i) {
    if (device_key(pool.rows[i]) == device) included[i] = 0;
  }
  const Fit fit = fit_pool(pool.design(), pool.fit_rows, included, plan.start,
                           starting_from(settings, *pool.law), false);
  const Scales scales{.spreads = fit.spreads, .noise = fit.noise};
  const Posterior posterior(pool.fit_rows, included, scales, fit.parameters);
  std::vector<DeviceShots> results;
  for (const std::size_t count : shots) {
    if (rows.size() <= count) break;
    DeviceShots result{.pool = pool.name,
                       .device = device,
                       .shots = count,
                       .scored = rows.size() - count,
                       .median_error = 0.0};
    for (int choice = 0; choice < kChoices; ++choice) {
      const RowIndices given = chosen(pool, rows, count, choice);
      std::vector<FitRow> known;
      for (const std::size_t i : given) {
        known.push_back(pool.fit_rows[i]);
        known.back().weight = 1.0;  // a device with these rows alone
      }
      std::vector<double> parameters = posterior.with(known, scales);
      forget_sources(pool.design(), parameters);
      result.median_error += median_error(pool, rows, given, parameters) / kChoices;
    }
    results.push_back(std::move(result));
  }
  return results;
}

}  // namespace

std::vector<DeviceShots> few_shot(const std::vector<FewShotPlan>& plans,
                                  const std::vector<std::size_t>& shots,
                                  const FitSettings& settings, int threads,
                                  const std::function<void(std::size_t, std::size_t)>& progress) {
  struct Task {
    const FewShotPlan* plan;
    std::string device;
    RowIndices rows;
  };
  std::vector<Task> tasks;
  for (const FewShotPlan& plan : plans) {
    for (auto& [device, rows] : steps_of_devices(*plan.pool))
      tasks.push_back({&plan, device, rows});
  }
  std::vector<std::vector<DeviceShots>> found(tasks.size());
  std::atomic<std::size_t> done{0};
  side_by_side(tasks.size(), threads, [&](std::size_t t) {
    found[t] = device_shots(*tasks[t].plan, tasks[t].device, tasks[t].rows, shots, settings);
    const std::size_t finished = ++done;
    if (progress) progress(finished, tasks.size());
  });
  std::vector<DeviceShots> results;
  for (const auto& of_device : found)
    results.insert(results.end(), of_device.begin(), of_device.end());
  return results;
}

}  // namespace foretoken::calibrate
