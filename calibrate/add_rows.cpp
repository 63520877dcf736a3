#include "calibrate/add_rows.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "calibrate/device_questions.h"
#include "calibrate/folds.h"
#include "calibrate/priced_row.h"
#include "calibrate/row_keys.h"
#include "calibrate/row_model.h"
#include "calibrate/run.h"
#include "calibrate/side_by_side.h"

namespace foretoken::calibrate {
namespace {

using DeviceRows = std::vector<std::size_t>;  // indices into a pool's rows

/// The fitted added rows of each device of a pool.
std::map<std::string, DeviceRows> added_devices(const PoolData& pool) {
  std::map<std::string, DeviceRows> devices;
  for (std::size_t i = 0; i < pool.rows.size(); ++i) {
    if (pool.rows[i].added && pool.rows[i].fitted) devices[device_key(pool.rows[i])].push_back(i);
  }
  return devices;
}

/// Rows that were added and that no fit learns from, by reason.
std::vector<LeftOut> left_out_of(const Dataset& data) {
  std::map<std::string, std::size_t> reasons;
  for (const UnusableRow& row : data.unusable) {
    if (row.added) ++reasons[row.reason];
  }
  for (const auto& entry : data.pools) {
    for (const PoolRow& row : entry.second.rows) {
      if (!row.added || row.fitted) continue;
      ++reasons["labelled " + (row.decode != nullptr ? row.decode->label : row.kernel->label)];
    }
  }
  std::vector<LeftOut> left_out;
  for (const auto& [reason, rows] : reasons) left_out.push_back({reason, rows});
  std::stable_sort(left_out.begin(), left_out.end(),
                   [](const LeftOut& a, const LeftOut& b) { return a.rows > b.rows; });
  return left_out;
}

/// A refit without the rows behind the present coefficients would forget what they say.
void require_rows_behind(const PoolData& pool, const ops::CoefficientTable& present) {
  const ops::PoolCoefficients* const known = present.find(pool.name);
  const bool any = std::any_of(pool.rows.begin(), pool.rows.end(),
                               [](const PoolRow& row) { return row.fitted && !row.added; });
  if (known == nullptr || known->rows == 0.0 || any) return;
  throw Error(
      fmt::format("the coefficients of pool '{}' come from {:.0f} rows, none of which is in "
                  "measurements/ of the data folders; expected them there, since added rows "
                  "are fitted together with them",
                  pool.name, known->rows));
}

std::vector<double> start_of(const Design& design, const ops::CoefficientTable& present,
                             const std::string& pool) {
  std::vector<double> start(design.names.size(), 0.0);
  const ops::PoolCoefficients* const known = present.find(pool);
  if (known == nullptr) return start;
  for (std::size_t p = 0; p < start.size(); ++p) {
    const auto found = known->parameters.find(design.names[p]);
    if (found != known->parameters.end()) start[p] = found->second.value;
  }
  return start;
}

/// Starts where the present coefficients stand, spreads and noise included: one round settles what
/// the new rows change of them, so a pool takes a third of the time of a fit from the law's priors.
FitSettings settings_of(const Design& design, const ops::CoefficientTable& present,
                        const ops::LawSpec& law) {
  FitSettings settings = starting_from(FitSettings{}, law);
  const ops::PoolCoefficients* const known = present.find(law.pool);
  if (known == nullptr || known->rows == 0.0) return settings;
  settings.rounds = 2;
  settings.initial_scale =
      std::exp(ops::noise_of(known->uncertainty, ops::kStepQuestion, law.loss_scale).ln_mean);
  settings.initial_spreads = design.spread;
  for (std::size_t p = 0; p < design.names.size(); ++p) {
    if (design.level[p] < 0) continue;
    const std::string& level = design.level_names[static_cast<std::size_t>(design.level[p])];
    const auto found = known->uncertainty.spreads.find(level);
    if (found != known->uncertainty.spreads.end()) settings.initial_spreads[p] = found->second;
  }
  return settings;
}

double median_error(const PoolData& pool, const DeviceRows& rows,
                    const ops::CoefficientTable& coefficients) {
  std::vector<double> errors;
  for (const std::size_t i : rows) {
    const PoolRow& row = pool.rows[i];
    const double predicted = row.decode != nullptr
                                 ? price_step(*row.decode, coefficients).cost.time.base()
                                 : price_kernel(*row.kernel, coefficients).time.base();
    errors.push_back(std::abs(predicted / std::exp(pool.fit_rows[i].ln_seconds) - 1.0));
  }
  std::sort(errors.begin(), errors.end());
  return 0.5 * (errors[(errors.size() - 1) / 2] + errors[errors.size() / 2]);
}

/// ln widths of the 90 % intervals of all questions.
std::vector<double> ln_widths(const DeviceQuestions& questions,
                              const ops::CoefficientTable& coefficients) {
  std::vector<double> widths;
  for (const ResolvedRow& step : questions.steps) {
    const sim::LogInterval interval =
        sim::log_interval(price_step(step, coefficients).doubt, kWidthLevel);
    widths.push_back(interval.hi - interval.lo);
  }
  return widths;
}

double half_width(double ln_width) { return std::expm1(ln_width / 2.0); }

double mean_of(const std::vector<double>& values) {
  double sum = 0.0;
  for (const double value : values) sum += value / static_cast<double>(values.size());
  return sum;
}

/// Coefficients that questions of the device depend on and that its rows, added or known before,
/// leave nearly as wide as they would be without them.
std::vector<Unidentified> unidentified_of(const PoolData& pool, const Fit& fit,
                                          const Posterior& posterior,
                                          const DeviceQuestions& questions,
                                          const std::string& device) {
  constexpr double kHardlyNarrowed = 0.7;
  constexpr double kLeastEffect = 0.005;
  std::vector<std::uint8_t> others = fitted_flags(pool);
  for (std::size_t i = 0; i < pool.rows.size(); ++i) {
    if (device_key(pool.rows[i]) == device) others[i] = 0;
  }
  const Posterior without(pool.fit_rows, others, {.spreads = fit.spreads, .noise = fit.noise},
                          fit.parameters);
  struct Seen {
    double with = 0;     ///< ln deviation of predictions by it
    double without = 0;  ///< the same without the device's rows
  };
  std::map<ops::CoefficientId, Seen> seen;
  std::vector<double> gradient;
  for (const FitRow& row : questions.rows) {
    ln_predicted(row, fit.parameters, &gradient);
    std::vector<std::vector<std::pair<int, double>>> sums;
    for (const FitCoefficient& coefficient : row.coefficients) sums.push_back(coefficient.terms);
    const std::vector<double> now = posterior.variances_of(sums);
    const std::vector<double> before = without.variances_of(sums);
    for (std::size_t c = 0; c < sums.size(); ++c) {
      Seen& each = seen[row.coefficients[c].id];
      each.with += std::abs(gradient[c]) * std::sqrt(now[c]);
      each.without += std::abs(gradient[c]) * std::sqrt(before[c]);
    }
  }
  std::vector<Unidentified> found;
  for (const auto& [id, each] : seen) {
    const double effect = each.with / static_cast<double>(questions.rows.size());
    const double left = each.without > 0.0 ? each.with / each.without : 0.0;
    if (left < kHardlyNarrowed || effect < kLeastEffect) continue;
    found.push_back({.coefficient = ops::text_of(id), .left = left, .effect = effect});
  }
  std::stable_sort(found.begin(), found.end(), [](const Unidentified& a, const Unidentified& b) {
    return a.effect > b.effect;
  });
  return found;
}

/// Noise of one measured row of a kind, and how far the law misses within a device.
double noise_of_row(const ops::PoolCoefficients& pool, std::string_view question) {
  return std::exp(ops::noise_of(pool.uncertainty, question, pool.law.loss_scale).ln_mean) *
         ops::misfit_of(pool.uncertainty, question, true).scale;
}

void add_next(const Posterior& posterior, const ops::PoolCoefficients& pool,
              DeviceQuestions& questions, DeviceChange& change) {
  const double step_noise = noise_of_row(pool, ops::kStepQuestion);
  for (Candidate& candidate : questions.candidates) {
    const bool kernel = candidate.rows.front().host < 0 && candidate.rows.front().scale < 0;
    candidate.noise = kernel ? noise_of_row(pool, ops::text_of(ops::Family::Gemm)) : step_noise;
  }
  const double ln_width = 2.0 * std::log1p(change.mean_width_after);
  const auto order = narrowings(posterior, questions.rows, questions.candidates, step_noise);
  std::set<std::string> shown;  // one of each tool
  for (const Narrowing& each : order) {
    const Candidate& candidate = questions.candidates[each.candidate];
    if (!shown.insert(candidate.tool).second) continue;
    change.next.push_back(candidate);
    change.next_width.push_back(half_width(ln_width * each.factor));
  }
}

/// One pool with added rows: what is refitted, and of which devices.
struct Task {
  PoolData* pool = nullptr;
  std::map<std::string, DeviceRows> devices;
  std::map<std::string, DeviceQuestions> questions;  ///< by device
  ops::PoolCoefficients fitted;
  std::vector<DeviceChange> changes;
};

void run_task(const sim::Library& library, Task& task) {
  const PoolData& pool = *task.pool;
  const std::vector<std::uint8_t> included = fitted_flags(pool);
  const Fit fit = fit_pool(pool.design(), pool.fit_rows, included,
                           start_of(pool.design(), library.coefficients, pool.name),
                           settings_of(pool.design(), library.coefficients, *pool.law), true);
  task.fitted = coefficients_of(pool, fit);
  ops::CoefficientTable after;
  for (const auto& entry : library.coefficients.pools()) after.add(entry.second);
  after.add(task.fitted);
  const Posterior posterior(pool.fit_rows, included, {.spreads = fit.spreads, .noise = fit.noise},
                            fit.parameters);
  for (auto& [device, rows] : task.devices) {
    DeviceChange change{.pool = pool.name, .device = device};
    for (const std::size_t i : rows)
      ++(pool.rows[i].decode != nullptr ? change.steps : change.kernels);
    change.error_before = median_error(pool, rows, library.coefficients);
    change.error_after = median_error(pool, rows, after);
    DeviceQuestions& questions = task.questions.at(device);
    if (!questions.steps.empty()) {
      const std::vector<double> before = ln_widths(questions, library.coefficients);
      const std::vector<double> then = ln_widths(questions, after);
      const std::size_t headline = std::min(questions.headline, before.size() - 1);
      change.question = questions.names[headline];
      change.width_before = half_width(before[headline]);
      change.width_after = half_width(then[headline]);
      change.mean_width_before = half_width(mean_of(before));
      change.mean_width_after = half_width(mean_of(then));
      change.unidentified = unidentified_of(pool, fit, posterior, questions, device);
      add_next(posterior, task.fitted, questions, change);
    }
    task.changes.push_back(std::move(change));
  }
}

}  // namespace

Addition add_rows(const sim::Library& library, const std::vector<std::string>& data_folders,
                  const AddedRows& added, const AddOptions& options) {
  Dataset data = read_dataset(library, data_folders, added);
  std::vector<Task> tasks;
  for (auto& [name, pool] : data.pools) {
    Task task{.pool = &pool, .devices = added_devices(pool)};
    if (task.devices.empty()) continue;
    require_rows_behind(pool, library.coefficients);
    for (const auto& entry : task.devices) {
      task.questions[entry.first] =
          questions_of(library, data, name, library.devices.find(entry.first));
    }
    tasks.push_back(std::move(task));
  }
  std::atomic<std::size_t> done{0};
  side_by_side(tasks.size(), options.threads, [&](std::size_t i) {
    run_task(library, tasks[i]);
    const std::size_t finished = ++done;
    if (options.progress) options.progress(finished, tasks.size());
  });
  Addition result{.left_out = left_out_of(data), .data_hash = data.hash};
  for (const auto& entry : library.coefficients.pools()) {
    if (entry.second.rows > 0.0) result.coefficients.add(entry.second);
  }
  for (Task& task : tasks) {
    result.coefficients.add(std::move(task.fitted));
    for (DeviceChange& change : task.changes) result.changes.push_back(std::move(change));
  }
  return result;
}

}  // namespace foretoken::calibrate
