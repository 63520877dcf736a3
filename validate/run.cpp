#include "validate/run.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <map>
#include <set>

#include "base/error.h"
#include "calibrate/folds.h"
#include "calibrate/predicted_time.h"
#include "calibrate/row_keys.h"
#include "calibrate/run.h"
#include "ops/coefficients.h"
#include "sim/interval.h"
#include "sim/predict.h"
#include "sim/step_draws.h"
#include "validate/baselines.h"
#include "validate/chosen_pools.h"
#include "validate/energy_baselines.h"
#include "validate/grouping.h"
#include "validate/metrics.h"
#include "validate/row_lines.h"

namespace foretoken::validate {
namespace {

using calibrate::PoolData;
using calibrate::PoolRow;

using KeyFunction = std::string (*)(const PoolRow&);

std::string pair_key(const PoolRow& row) {
  return row.decode == nullptr ? "" : calibrate::device_key(row) + "|" + calibrate::model_key(row);
}

KeyFunction key_function(const std::string& leave_out) {
  if (leave_out == "device") return calibrate::device_key;
  if (leave_out == "model") return calibrate::model_key;
  if (leave_out == "pair") return pair_key;
  if (leave_out == "source") return calibrate::source_key;
  throw Error("cannot leave out '" + leave_out + "'; expected device, model, pair or source");
}

bool clean(const PoolRow& row) {
  if (row.energy != nullptr) return calibrate::energy_counts(*row.decode);
  return row.decode != nullptr ? row.decode->clean() : row.kernel->clean();
}

/// What the baselines, fitted to the rows that a fold kept, say of the row.
class FoldBaselines {
 public:
  FoldBaselines(const PoolData& pool, const std::vector<std::size_t>& training)
      : steps_(steps_of(pool, training)), energy_(energy_of(pool, training)) {}

  std::array<double, kBaselines> predict(const PoolRow& row) const {
    return row.energy != nullptr ? energy_.predict(*row.energy) : steps_.predict(baseline_row(row));
  }

 private:
  static Baselines steps_of(const PoolData& pool, const std::vector<std::size_t>& training) {
    std::vector<BaselineRow> rows;
    for (const std::size_t i : training) rows.push_back(baseline_row(pool.rows[i]));
    return Baselines(rows);
  }
  static EnergyBaselines energy_of(const PoolData& pool, const std::vector<std::size_t>& training) {
    std::vector<const calibrate::EnergyRow*> rows;
    for (const std::size_t i : training) {
      if (pool.rows[i].energy != nullptr) rows.push_back(pool.rows[i].energy);
    }
    return EnergyBaselines(rows);
  }
  Baselines steps_;
  EnergyBaselines energy_;
};

/// Scores every row of a plan that some fold left out.
void score_plan(const calibrate::FoldPlan& plan, const calibrate::HeldOut& held_out, bool kernels,
                std::deque<ScoredRow>& scored) {
  const PoolData& pool = *plan.pool;
  const std::set<std::string> keys(plan.keys.begin(), plan.keys.end());
  for (const std::string& key : keys) {
    if (key.empty()) continue;
    std::vector<std::size_t> training;
    for (std::size_t i = 0; i < pool.rows.size(); ++i) {
      const bool same_kind = (pool.rows[i].kernel != nullptr) == kernels;
      if (pool.rows[i].fitted && same_kind && plan.keys[i] != key) {
        training.push_back(i);
      }
    }
    const FoldBaselines baselines(pool, training);
    for (std::size_t i = 0; i < pool.rows.size(); ++i) {
      if (plan.keys[i] != key || (pool.rows[i].kernel != nullptr) != kernels) continue;
      const double ln = held_out.ln_predicted[i];
      scored.push_back({.row = &pool.rows[i],
                        .pool = &pool,
                        .measured = std::exp(pool.fit_rows[i].ln_seconds),
                        .predicted = std::exp(ln),
                        .below = held_out.below[i],
                        .ln_width = held_out.ln_width[i],
                        .baseline = baselines.predict(pool.rows[i])});
    }
  }
}

std::string describe(const PoolRow& row) {
  const sim::Request& r = row.decode->request;
  return r.device->id + " / " + r.llm->id + " / " + r.scheme + " / " + r.runtime->id;
}

void add_worst(const std::vector<const ScoredRow*>& rows, std::size_t most, Scorecard& card) {
  std::vector<const ScoredRow*> sorted = rows;
  const auto error = [](const ScoredRow* row) {
    return std::abs(std::log(row->predicted / row->measured));
  };
  std::stable_sort(sorted.begin(), sorted.end(),
                   [&](const ScoredRow* a, const ScoredRow* b) { return error(a) > error(b); });
  for (std::size_t i = 0; i < std::min(most, sorted.size()); ++i) {
    const calibrate::ResolvedRow& row = *sorted[i]->row->decode;
    const auto each = [&](double step) {
      return card.energy ? step / row.request.batch : row.request.batch / step;
    };
    card.worst.push_back({.row_id = row.row->row_id,
                          .measured = each(sorted[i]->measured),
                          .predicted = each(sorted[i]->predicted),
                          .what = describe(*sorted[i]->row)});
  }
}

/// Groups a row under each of its labels.
void add_labelled(const ScoredRow& row, Grouped& grouped) {
  for (const std::string& label : calibrate::labels_of(row.row->decode->label)) {
    grouped["label=" + label].push_back(&row);
  }
}

void summarise(const std::deque<ScoredRow>& scored, const ValidateOptions& options,
               Scorecard& card) {
  std::vector<const ScoredRow*> clean_rows;
  Grouped grouped;
  Grouped clean_by_kind;
  Grouped clean_by_label;
  Grouped labelled;
  for (const ScoredRow& row : scored) {
    if (row.row->decode == nullptr) continue;
    if (clean(*row.row)) {
      clean_rows.push_back(&row);
      for (const std::string& by : options.group_by) grouped[group_key(row, by)].push_back(&row);
      clean_by_kind[kind_key(row)].push_back(&row);
      if (row.row->decode->label.empty()) clean_by_label["no label"].push_back(&row);
      add_labelled(row, clean_by_label);
    } else {
      add_labelled(row, labelled);
    }
  }
  card.predicted = clean_rows.size();
  card.all = metrics_of(clean_rows);
  card.baselines = all_baselines(clean_rows);
  if (!card.energy) card.kendall_tau = kendall_tau(clean_rows);
  card.groups = groups_of(grouped);
  card.clean_by_kind = groups_of(clean_by_kind);
  if (clean_by_label.count("no label") != clean_by_label.size()) {
    card.clean_by_label = groups_of(clean_by_label);
  }
  card.labelled = groups_of(labelled);
  add_worst(clean_rows, options.worst, card);
}

void summarise_operators(const std::deque<ScoredRow>& scored, const char* fold, Scorecard& card) {
  Grouped grouped;
  for (const ScoredRow& row : scored) {
    if (row.row->kernel == nullptr || !clean(*row.row)) continue;
    grouped[std::string(fold) + ": " + operator_key(row)].push_back(&row);
    for (const std::string& key : joint_operator_keys(*row.row->kernel->row)) {
      grouped[std::string(fold) + ": " + key].push_back(&row);
    }
  }
  for (Group& group : groups_of(grouped)) card.operators.push_back(std::move(group));
}

void check_group_names(const ValidateOptions& options) {
  const std::vector<std::string> known = group_names();
  for (const std::string& by : options.group_by) {
    if (std::find(known.begin(), known.end(), by) == known.end()) {
      throw Error("cannot group by '" + by +
                  "'; expected one of pool, class, vendor, runtime, "
                  "format_class, arch_class, arch_kind, device, model, source");
    }
  }
}

/// What the time law says of the rows that state energy.
struct PredictedTimes {
  std::vector<ops::Draws> moves;             ///< of each row of the energy pool
  std::deque<calibrate::ResolvedRow> steps;  ///< that the pools of time point to
  std::vector<Skipped> skipped;
};

PredictedTimes predicted_times(calibrate::Dataset& data, const sim::Library& library,
                               KeyFunction key, const ValidateOptions& options) {
  PredictedTimes times;
  const std::vector<calibrate::TimeForecast> forecasts = calibrate::forecast_times(
      data, library, key, {.threads = options.threads, .progress = options.progress}, times.steps);
  for (std::size_t i = 0; i < forecasts.size(); ++i) {
    if (forecasts[i].missing.empty()) continue;
    times.skipped.push_back({data.energy_rows[i]->row->row->row_id, forecasts[i].missing});
  }
  times.moves = calibrate::add_rows_at_predicted_time(data, library, forecasts);
  return times;
}

/// Leaves the rows at predicted time; the same rows at their measured time are summed up.
void keep_predicted_times(std::deque<ScoredRow>& scored, Scorecard& card) {
  std::set<const calibrate::ResolvedRow*> foretold;
  for (const ScoredRow& row : scored) {
    if (row.row->energy->predicted_time) foretold.insert(row.row->decode);
  }
  std::vector<const ScoredRow*> measured;
  for (const ScoredRow& row : scored) {
    if (!row.row->energy->predicted_time && foretold.count(row.row->decode) > 0) {
      measured.push_back(&row);
    }
  }
  card.at_measured_time = metrics_of(measured);
  scored.erase(
      std::remove_if(scored.begin(), scored.end(),
                     [](const ScoredRow& row) { return !row.row->energy->predicted_time; }),
      scored.end());
}

}  // namespace

Scorecard leave_one_out(const sim::Library& library, const std::vector<std::string>& data_folders,
                        const ValidateOptions& options) {
  check_group_names(options);
  const KeyFunction key = key_function(options.leave_out);
  calibrate::Dataset data = calibrate::read_dataset(library, data_folders);
  const PredictedTimes times = options.energy && options.predicted_time
                                   ? predicted_times(data, library, key, options)
                                   : PredictedTimes{};
  const std::vector<const PoolData*> pools =
      options.energy ? energy_pool(data) : chosen_pools(data, options.pools);
  const std::vector<calibrate::Fit> fits =
      calibrate::fit_all(pools, false, {.threads = options.threads, .progress = nullptr});

  // Decode rows under the key asked for; kernel rows by held-out device and by held-out shape.
  std::vector<calibrate::FoldPlan> plans;
  std::vector<bool> kernels;
  constexpr std::size_t kShapeFolds = 5;
  for (std::size_t i = 0; i < pools.size(); ++i) {
    std::vector<std::string> decode_keys;
    std::vector<std::string> shape_keys;
    for (const PoolRow& row : pools[i]->rows) {
      const bool device_fold = options.leave_out == "device";
      decode_keys.push_back(row.decode != nullptr || device_fold ? key(row) : "");
      shape_keys.push_back(calibrate::shape_key(row));
    }
    plans.push_back({.pool = pools[i],
                     .keys = decode_keys,
                     .start = fits[i].parameters,
                     .kernels = options.operators,
                     .time_moves = times.moves});
    kernels.push_back(false);
    if (options.operators) {
      plans.push_back(
          {pools[i], calibrate::grouped_keys(shape_keys, kShapeFolds), fits[i].parameters});
      kernels.push_back(true);
    }
  }
  const std::vector<calibrate::HeldOut> held_out = calibrate::predict_held_out(
      plans, calibrate::kFoldSettings, options.threads, options.progress);

  std::deque<ScoredRow> decode;
  std::deque<ScoredRow> by_device;
  std::deque<ScoredRow> by_shape;
  Scorecard card;
  card.leave_out = options.leave_out;
  card.energy = options.energy;
  card.predicted_time = options.energy && options.predicted_time;
  card.rows = data.decode_rows.size();
  for (std::size_t p = 0; p < plans.size(); ++p) {
    card.folds += held_out[p].folds;
    score_plan(plans[p], held_out[p], kernels[p], kernels[p] ? by_shape : decode);
    if (!kernels[p] && options.operators && options.leave_out == "device") {
      score_plan(plans[p], held_out[p], true, by_device);
    }
  }
  for (const calibrate::UnusableRow& row : data.unusable) {
    card.skipped.push_back({row.row_id, row.reason});
  }
  if (card.predicted_time) {
    card.skipped.insert(card.skipped.end(), times.skipped.begin(), times.skipped.end());
    keep_predicted_times(decode, card);
  }
  summarise(decode, options, card);
  summarise_operators(by_shape, "held-out shapes, known device", card);
  summarise_operators(by_device, "held-out device", card);
  if (options.lines) {
    add_row_lines(decode, options.leave_out, false, card.lines);
    add_row_lines(by_device, "device", true, card.lines);
    add_row_lines(by_shape, "shape", true, card.lines);
  }
  return card;
}

Scorecard against(const sim::Library& library, const std::string& path,
                  const ValidateOptions& options) {
  check_group_names(options);
  const calibrate::Dataset data = calibrate::read_foreign(library, path);
  std::deque<ScoredRow> scored;
  for (const auto& entry : data.pools) {
    const PoolData& pool = entry.second;
    for (const PoolRow& row : pool.rows) {
      const sim::Request& request = row.decode->request;
      const sim::Pricing pricing = sim::pricing_for(request, library);
      const sim::StepCost cost = sim::step_cost(row.decode->loads, pricing);
      const double predicted = cost.time.base();
      const double known = sim::rows_of_device(*pricing.pool, request.device->id, false).steps;
      const sim::Doubt doubt = sim::step_doubt(row.decode->loads, pricing, cost, known > 0.0);
      const sim::LogInterval interval = sim::log_interval(doubt, calibrate::kWidthLevel);
      const BaselineRow bytes = baseline_row(row);
      scored.push_back(
          {.row = &row,
           .pool = &pool,
           .measured = row.decode->seconds,
           .predicted = predicted,
           .below = sim::probability_below(doubt, std::log(row.decode->seconds / predicted)),
           .ln_width = interval.hi - interval.lo,
           .baseline = {bytes.bytes_seconds, 0.0, 0.0}});
    }
  }
  Scorecard card;
  card.rows = data.decode_rows.size();
  for (const calibrate::UnusableRow& row : data.unusable) {
    card.skipped.push_back({row.row_id, row.reason});
  }
  summarise(scored, options, card);
  if (options.lines) add_row_lines(scored, "", false, card.lines);
  return card;
}

}  // namespace foretoken::validate
