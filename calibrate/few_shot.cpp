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

/// What of a device takes part in fits.
struct DeviceRows {
  RowIndices steps;
  RowIndices kernels;
};

std::map<std::string, DeviceRows> rows_of_devices(const PoolData& pool) {
  std::map<std::string, DeviceRows> devices;
  for (std::size_t i = 0; i < pool.rows.size(); ++i) {
    const PoolRow& row = pool.rows[i];
    if (!row.fitted) continue;
    DeviceRows& of = devices[device_key(row)];
    (row.decode != nullptr ? of.steps : of.kernels).push_back(i);
  }
  std::erase_if(devices, [](const auto& entry) { return entry.second.steps.empty(); });
  return devices;
}

/// What rows differ in, the coarser first: someone measures another of these each time.
struct Kinds {
  std::string coarse;
  std::string fine;
  std::string row_id;
};

Kinds kinds_of(const PoolRow& row) {
  if (row.decode != nullptr) {
    const sim::Request& request = row.decode->request;
    return {model_key(row), request.llm->id + "|" + request.scheme + "|" + request.runtime->id,
            row.decode->row->row_id};
  }
  const KernelRow& kernel = *row.kernel->row;
  return {kernel.op + "|" + kernel.weight_format + "|" + kernel.kv_format, shape_key(row),
          kernel.row_id};
}

/// The first `most` rows that someone would measure.
RowIndices chosen(const PoolData& pool, const RowIndices& rows, std::size_t most, int choice) {
  struct Entry {
    Kinds kinds;
    std::uint64_t hash;
    std::size_t row;
  };
  std::vector<Entry> left;
  for (const std::size_t i : rows) {
    Kinds kinds = kinds_of(pool.rows[i]);
    const std::uint64_t hash = fnv1a(kinds.row_id + "#" + std::to_string(choice));
    left.push_back({std::move(kinds), hash, i});
  }
  std::map<std::string, int> coarse;
  std::map<std::string, int> fine;
  const auto order = [&](const Entry& entry) {
    return std::tuple(coarse[entry.kinds.coarse], fine[entry.kinds.fine], entry.hash, entry.row);
  };
  RowIndices taken;
  while (taken.size() < most && !left.empty()) {
    const auto next =
        std::min_element(left.begin(), left.end(),
                         [&](const Entry& a, const Entry& b) { return order(a) < order(b); });
    ++coarse[next->kinds.coarse];
    ++fine[next->kinds.fine];
    taken.push_back(next->row);
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

/// The rows as the update takes them: a device with these rows alone, each in full.
std::vector<FitRow> in_full(const PoolData& pool, const RowIndices& steps,
                            const RowIndices& kernels) {
  std::vector<FitRow> rows;
  for (const RowIndices* of : {&steps, &kernels}) {
    for (const std::size_t i : *of) {
      rows.push_back(pool.fit_rows[i]);
      rows.back().weight = 1.0;
    }
  }
  return rows;
}

std::vector<DeviceShots> device_shots(const FewShotPlan& plan, const std::string& device,
                                      const DeviceRows& rows, const std::vector<std::size_t>& shots,
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
    if (rows.steps.size() <= count) break;
    for (const Given given : {Given::Steps, Given::Kernels, Given::Both}) {
      if (given != Given::Steps && rows.kernels.empty()) continue;
      DeviceShots result{.pool = pool.name,
                         .device = device,
                         .given = given,
                         .has_kernels = !rows.kernels.empty(),
                         .shots = count,
                         .scored = rows.steps.size() - count,
                         .median_error = 0.0};
      for (int choice = 0; choice < kChoices; ++choice) {
        const RowIndices steps = chosen(pool, rows.steps, count, choice);
        const RowIndices kernels =
            given == Given::Steps ? RowIndices{} : chosen(pool, rows.kernels, count, choice);
        std::vector<double> parameters = posterior.with(
            in_full(pool, given == Given::Kernels ? RowIndices{} : steps, kernels), scales);
        forget_sources(pool.design(), parameters);
        result.median_error += median_error(pool, rows.steps, steps, parameters) / kChoices;
      }
      results.push_back(std::move(result));
    }
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
    DeviceRows rows;
  };
  std::vector<Task> tasks;
  for (const FewShotPlan& plan : plans) {
    for (auto& [device, rows] : rows_of_devices(*plan.pool)) tasks.push_back({&plan, device, rows});
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
