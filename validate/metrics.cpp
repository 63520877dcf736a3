#include "validate/metrics.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

namespace foretoken::validate {
namespace {

/// The q-quantile by linear interpolation between closest ranks (q (n - 1)).
double rank_quantile(std::vector<double> values, double q) {
  if (values.empty()) return 0.0;
  std::sort(values.begin(), values.end());
  const double position = q * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (position - static_cast<double>(below)) * (values[above] - values[below]);
}

Metrics errors_of(const std::vector<const ScoredRow*>& rows,
                  const std::function<double(const ScoredRow&)>& predicted) {
  Metrics metrics;
  std::vector<double> errors;
  std::vector<double> signed_errors;
  for (const ScoredRow* row : rows) {
    const double relative = predicted(*row) / row->measured - 1.0;
    errors.push_back(std::abs(relative));
    signed_errors.push_back(relative);
    metrics.mape += std::abs(relative);
  }
  metrics.rows = rows.size();
  if (rows.empty()) return metrics;
  constexpr double kTail = 0.9;
  metrics.mape /= static_cast<double>(rows.size());
  metrics.median_ape = rank_quantile(errors, 0.5);
  metrics.p90_ape = rank_quantile(errors, kTail);
  metrics.bias = rank_quantile(signed_errors, 0.5);
  return metrics;
}

/// Rows that differ in the device alone: a ranking of devices is asked of each such set.
std::string ranking_key(const ScoredRow& row) {
  const auto& request = row.row->decode->request;
  const double context = request.mean_context();
  const int bucket = context < 1024 ? 0 : context < 8192 ? 1 : 2;
  return request.llm->id + "|" + request.scheme + "|" +
         std::to_string(std::llround(request.batch)) + "|" + std::to_string(bucket);
}

struct Pairs {
  double concordant = 0;
  double discordant = 0;
  double tied_measured = 0;   ///< in the measurement alone
  double tied_predicted = 0;  ///< in the prediction alone
};

Pairs count_pairs(const std::map<std::string, std::pair<double, double>>& devices) {
  Pairs pairs;
  for (auto a = devices.begin(); a != devices.end(); ++a) {
    for (auto b = std::next(a); b != devices.end(); ++b) {
      const double measured = a->second.first - b->second.first;
      const double predicted = a->second.second - b->second.second;
      if (measured * predicted > 0) pairs.concordant += 1;
      if (measured * predicted < 0) pairs.discordant += 1;
      if (measured == 0 && predicted != 0) pairs.tied_measured += 1;
      if (measured != 0 && predicted == 0) pairs.tied_predicted += 1;
    }
  }
  return pairs;
}

}  // namespace

bool covered(const ScoredRow& row, double level) {
  return std::abs(row.below - 0.5) <= level / 2.0;
}

Metrics metrics_of(const std::vector<const ScoredRow*>& rows) {
  Metrics metrics = errors_of(rows, [](const ScoredRow& row) { return row.predicted; });
  for (std::size_t i = 0; i < kLevels.size() && !rows.empty(); ++i) {
    const auto inside = std::count_if(
        rows.begin(), rows.end(), [&](const ScoredRow* row) { return covered(*row, kLevels[i]); });
    metrics.coverage[i] = static_cast<double>(inside) / static_cast<double>(rows.size());
  }
  for (const ScoredRow* row : rows) {
    metrics.width += 0.5 * row->ln_width / static_cast<double>(rows.size());
  }
  return metrics;
}

Metrics baseline_metrics(const std::vector<const ScoredRow*>& rows, int baseline) {
  const auto index = static_cast<std::size_t>(baseline);
  std::vector<const ScoredRow*> computed;
  for (const ScoredRow* row : rows) {
    if (row->baseline[index] > 0.0) computed.push_back(row);
  }
  return errors_of(computed, [&](const ScoredRow& row) { return row.baseline[index]; });
}

std::array<Metrics, kBaselines> all_baselines(const std::vector<const ScoredRow*>& rows) {
  std::array<Metrics, kBaselines> result;
  for (int b = 0; b < kBaselines; ++b) {
    result[static_cast<std::size_t>(b)] = baseline_metrics(rows, b);
  }
  return result;
}

double kendall_tau(const std::vector<const ScoredRow*>& rows) {
  // ln seconds, measured and predicted, averaged over a device's rows of one set.
  struct Sums {
    double measured = 0, predicted = 0, count = 0;
  };
  std::map<std::string, std::map<std::string, Sums>> sets;
  for (const ScoredRow* row : rows) {
    if (row->row->decode == nullptr) continue;
    Sums& sums = sets[ranking_key(*row)][row->row->decode->request.device->id];
    sums.measured += std::log(row->measured);
    sums.predicted += std::log(row->predicted);
    sums.count += 1;
  }
  Pairs total;
  for (const auto& set : sets) {
    constexpr std::size_t kFewest = 3;
    if (set.second.size() < kFewest) continue;
    std::map<std::string, std::pair<double, double>> means;
    for (const auto& [device, sums] : set.second) {
      means[device] = {sums.measured / sums.count, sums.predicted / sums.count};
    }
    const Pairs pairs = count_pairs(means);
    total.concordant += pairs.concordant;
    total.discordant += pairs.discordant;
    total.tied_measured += pairs.tied_measured;
    total.tied_predicted += pairs.tied_predicted;
  }
  const double ordered = total.concordant + total.discordant;
  const double pairs =
      std::sqrt((ordered + total.tied_measured) * (ordered + total.tied_predicted));
  return pairs > 0 ? (total.concordant - total.discordant) / pairs : 0.0;
}

}  // namespace foretoken::validate
