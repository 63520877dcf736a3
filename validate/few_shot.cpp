#include "validate/few_shot.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "calibrate/run.h"
#include "validate/chosen_pools.h"

namespace foretoken::validate {
namespace {

using calibrate::DeviceShots;
using Entries = std::vector<const DeviceShots*>;

double median(std::vector<double> values) {
  if (values.empty()) return 0.0;
  std::sort(values.begin(), values.end());
  return 0.5 * (values[(values.size() - 1) / 2] + values[values.size() / 2]);
}

std::vector<ShotsCell> cells_of(const Entries& entries, const std::vector<std::size_t>& shots) {
  std::vector<ShotsCell> cells;
  for (const std::size_t count : shots) {
    ShotsCell cell;
    std::vector<double> errors;
    for (const DeviceShots* entry : entries) {
      if (entry->shots != count) continue;
      errors.push_back(entry->median_error);
      cell.rows += entry->scored;
    }
    cell.devices = errors.size();
    cell.median_error = median(std::move(errors));
    cells.push_back(cell);
  }
  return cells;
}

ShotsLine line_of(const std::string& pool, const Entries& entries,
                  const std::vector<std::size_t>& shots) {
  std::set<std::string> complete;
  for (const DeviceShots* entry : entries) {
    if (entry->shots == shots.back()) complete.insert(entry->pool + "|" + entry->device);
  }
  Entries same;
  std::copy_if(entries.begin(), entries.end(), std::back_inserter(same), [&](const auto* entry) {
    return complete.count(entry->pool + "|" + entry->device) > 0;
  });
  return {pool, cells_of(entries, shots), cells_of(same, shots)};
}

}  // namespace

FewShotCard few_shot(const sim::Library& library, const std::vector<std::string>& data_folders,
                     const std::vector<std::size_t>& shots, const ValidateOptions& options) {
  const calibrate::Dataset data = calibrate::read_dataset(library, data_folders);
  const auto pools = chosen_pools(data, options.pools);
  const std::vector<calibrate::Fit> fits =
      calibrate::fit_all(pools, false, {.threads = options.threads, .progress = nullptr});
  std::vector<calibrate::FewShotPlan> plans;
  for (std::size_t i = 0; i < pools.size(); ++i) plans.push_back({pools[i], fits[i].parameters});
  const std::vector<DeviceShots> results = calibrate::few_shot(
      plans, shots, calibrate::kFoldSettings, options.threads, options.progress);
  std::map<std::string, Entries> by_pool;
  Entries all;
  std::map<std::pair<std::string, calibrate::Given>, Entries> with_kernels;
  for (const DeviceShots& result : results) {
    if (result.has_kernels) with_kernels[{result.pool, result.given}].push_back(&result);
    if (result.given != calibrate::Given::Steps) continue;
    by_pool[result.pool].push_back(&result);
    all.push_back(&result);
  }
  FewShotCard card{.shots = shots, .lines = {}, .kernel_lines = {}};
  for (const auto& [key, entries] : with_kernels) {
    card.kernel_lines.push_back({key.first, key.second, cells_of(entries, shots)});
  }
  for (const auto& [pool, entries] : by_pool) card.lines.push_back(line_of(pool, entries, shots));
  card.lines.push_back(line_of("all", all, shots));
  return card;
}

}  // namespace foretoken::validate
