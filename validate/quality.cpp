#include "validate/quality.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <tbb/parallel_for.h>

#include "base/error.h"

namespace foretoken::validate {
namespace {

using calibrate::QualityCase;

constexpr double kCountedLoss = 0.005;
constexpr std::size_t kLeastFormats = 3;
/// Two figures of one text differ by noise where they are nearer than this many deviations.
constexpr double kTieDeviations = 2.0;
/// Share of a loss that two runs of one tool differ by.
constexpr double kTieShare = 0.02;

double median(std::vector<double> values) {
  if (values.empty()) return 0.0;
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : 0.5 * (values[half - 1] + values[half]);
}

/// Least squares of ln loss over bits, of training rows with a loss above zero.
struct BitsLine {
  double level = 0;
  double slope = 0;

  explicit BitsLine(const std::vector<QualityCase>& cases) {
    double n = 0;
    double x = 0;
    double y = 0;
    double xx = 0;
    double xy = 0;
    for (const QualityCase& one : cases) {
      const auto loss = one.row->ln_ratio();
      if (!loss || *loss <= sim::kLossFloor) continue;
      const double w = 1.0 / one.replicates;
      n += w;
      x += w * one.bits;
      y += w * std::log(*loss);
      xx += w * one.bits * one.bits;
      xy += w * one.bits * std::log(*loss);
    }
    const double determinant = n * xx - x * x;
    slope = determinant > 0.0 ? (n * xy - x * y) / determinant : 0.0;
    level = n > 0.0 ? (y - slope * x) / n : 0.0;
  }
  double loss(double bits) const { return std::exp(level + slope * bits); }
};

/// Mean ln loss of each format over the training models.
std::map<std::string, double> format_means(const std::vector<QualityCase>& cases) {
  std::map<std::string, std::pair<double, double>> sums;
  for (const QualityCase& one : cases) {
    const auto loss = one.row->ln_ratio();
    if (!loss) continue;
    auto& [sum, weight] = sums[one.format];
    sum += std::log(std::max(*loss, sim::kLossFloor / 2.0)) / one.replicates;
    weight += 1.0 / one.replicates;
  }
  std::map<std::string, double> means;
  for (const auto& [format, sum] : sums) means[format] = std::exp(sum.first / sum.second);
  return means;
}

QualityScored score(const QualityCase& one, const std::string& fold,
                    const sim::QualityCoefficients& fitted, const BitsLine& line,
                    const std::map<std::string, double>& means) {
  QualityScored scored{.row = one.row, .fold = fold, .format = one.format, .bits = one.bits};
  const sim::LossBelief belief = sim::loss_belief(one.design, fitted);
  scored.predicted = std::exp(belief.ln_mean);
  scored.by_bits = line.loss(one.bits);
  const auto mean = means.find(one.format);
  scored.by_format = mean == means.end() ? scored.by_bits : mean->second;
  scored.weight = 1.0 / one.replicates;
  scored.noise = fitted.noise * sim::noise_factor(*one.row);
  const auto measured = one.row->ln_ratio();
  for (const double level : kQualityLevelsShown) {
    const sim::LossInterval interval = sim::loss_interval(belief, scored.noise, level);
    scored.covered.push_back(measured && *measured >= interval.lo && *measured <= interval.hi);
  }
  return scored;
}

/// Ranking of one group; a format's rows count as one, their mean.
std::optional<QualityRanking> ranking_of(const std::string& group,
                                         const std::vector<const QualityScored*>& rows) {
  struct Sums {
    double n = 0, measured = 0, predicted = 0, by_bits = 0, by_format = 0, noise = 0;
  };
  std::map<std::string, Sums> formats;
  double least = 1e300;
  for (const QualityScored* one : rows) {
    if (one->row->perplexity) least = std::min(least, std::log(*one->row->perplexity));
  }
  for (const QualityScored* one : rows) {
    const auto ratio = one->row->ln_ratio();
    if (!ratio && !one->row->perplexity) continue;
    Sums& sums = formats[one->format];
    sums.n += 1.0;
    sums.measured += ratio ? *ratio : std::log(*one->row->perplexity) - least;
    sums.predicted += one->predicted;
    sums.by_bits += one->by_bits;
    sums.by_format += one->by_format;
    sums.noise = one->noise;
  }
  if (formats.size() < kLeastFormats) return std::nullopt;
  std::vector<double> measured, predicted, by_bits, by_format, tie;
  for (const auto& [format, sums] : formats) {
    measured.push_back(sums.measured / sums.n);
    predicted.push_back(sums.predicted / sums.n);
    by_bits.push_back(sums.by_bits / sums.n);
    by_format.push_back(sums.by_format / sums.n);
    tie.push_back(kTieDeviations * sums.noise + kTieShare * measured.back());
  }
  QualityRanking ranking{.group = group, .formats = formats.size()};
  ranking.tau = kendall_tau(measured, predicted, tie, ranking.pairs);
  ranking.tau_by_bits = kendall_tau(measured, by_bits, tie, ranking.pairs);
  ranking.tau_by_format = kendall_tau(measured, by_format, tie, ranking.pairs);
  if (ranking.pairs == 0) return std::nullopt;
  return ranking;
}

void fill_errors(QualityCard& card) {
  std::vector<double> error, by_bits, by_format, ln_error, ln_by_bits, ln_by_format;
  double weights = 0;
  double hit[3] = {};
  for (const QualityScored& one : card.scored) {
    const auto measured = one.row->ln_ratio();
    if (!measured) continue;
    ++card.rows;
    error.push_back(std::abs(one.predicted - *measured));
    by_bits.push_back(std::abs(one.by_bits - *measured));
    by_format.push_back(std::abs(one.by_format - *measured));
    weights += one.weight;
    for (std::size_t i = 0; i < 3; ++i) hit[i] += one.covered[i] ? one.weight : 0.0;
    if (*measured < kCountedLoss) continue;
    ln_error.push_back(std::abs(std::log(one.predicted / *measured)));
    ln_by_bits.push_back(std::abs(std::log(one.by_bits / *measured)));
    ln_by_format.push_back(std::abs(std::log(one.by_format / *measured)));
  }
  for (std::size_t i = 0; i < 3 && weights > 0.0; ++i) card.covered[i] = hit[i] / weights;
  card.median_error = median(error);
  card.median_error_by_bits = median(by_bits);
  card.median_error_by_format = median(by_format);
  card.median_ln_loss_error = median(ln_error);
  card.median_ln_loss_error_by_bits = median(ln_by_bits);
  card.median_ln_loss_error_by_format = median(ln_by_format);
}

void fill_folds(QualityCard& card) {
  std::map<std::string, std::vector<const QualityScored*>> folds;
  for (const QualityScored& one : card.scored) {
    if (one.row->ln_ratio()) folds[one.fold].push_back(&one);
  }
  for (const auto& [name, rows] : folds) {
    std::vector<double> errors;
    double hit = 0;
    double weights = 0;
    for (const QualityScored* one : rows) {
      errors.push_back(std::abs(one->predicted - *one->row->ln_ratio()));
      hit += one->covered.back() ? one->weight : 0.0;
      weights += one->weight;
    }
    card.folds.push_back({name, rows.size(), median(errors), hit / weights});
  }
}

void fill_rankings(QualityCard& card) {
  std::map<std::string, std::vector<const QualityScored*>> groups;
  for (const QualityScored& one : card.scored) groups[one.row->group()].push_back(&one);
  double pairs = 0;
  std::vector<double> taus;
  for (const auto& [group, rows] : groups) {
    const auto ranking = ranking_of(group, rows);
    if (!ranking) continue;
    const auto n = static_cast<double>(ranking->pairs);
    card.tau += n * ranking->tau;
    card.tau_by_bits += n * ranking->tau_by_bits;
    card.tau_by_format += n * ranking->tau_by_format;
    pairs += n;
    taus.push_back(ranking->tau);
    card.rankings.push_back(*ranking);
  }
  if (pairs > 0.0) {
    card.tau /= pairs;
    card.tau_by_bits /= pairs;
    card.tau_by_format /= pairs;
  }
  card.median_tau = median(taus);
}

}  // namespace

double kendall_tau(const std::vector<double>& measured, const std::vector<double>& predicted,
                   const std::vector<double>& tie, std::size_t& pairs) {
  pairs = 0;
  double sum = 0;
  for (std::size_t i = 0; i < measured.size(); ++i) {
    for (std::size_t j = i + 1; j < measured.size(); ++j) {
      const double difference = measured[i] - measured[j];
      if (std::abs(difference) <= std::min(tie[i], tie[j])) continue;
      ++pairs;
      const double foretold = predicted[i] - predicted[j];
      if (foretold != 0.0) sum += (difference > 0.0) == (foretold > 0.0) ? 1.0 : -1.0;
    }
  }
  return pairs > 0 ? sum / static_cast<double>(pairs) : 0.0;
}

QualityCard validate_quality(const std::vector<sim::QualityRow>& rows, const sim::Library& library,
                             const sim::QualityPriors& priors) {
  const calibrate::QualityCases all = calibrate::quality_cases(rows, library);
  const std::vector<std::string> folds = calibrate::quality_folds(all.cases);
  if (folds.size() < 2) throw Error("quality rows of fewer than two models: nothing to leave out");
  QualityCard card;
  card.evidence = all.cases.size();
  card.rejected = all.rejected.size();
  std::vector<std::vector<QualityScored>> scored(folds.size());
  tbb::parallel_for(std::size_t{0}, folds.size(), [&](std::size_t i) {
    const std::vector<QualityCase> others = calibrate::cases_without(all.cases, folds[i]);
    const sim::QualityCoefficients fitted = calibrate::fit_quality_widened(others, priors);
    const BitsLine line(others);
    const std::map<std::string, double> means = format_means(others);
    for (const QualityCase& one : all.cases) {
      if (one.fold == folds[i]) scored[i].push_back(score(one, folds[i], fitted, line, means));
    }
  });
  for (const auto& fold : scored) card.scored.insert(card.scored.end(), fold.begin(), fold.end());
  fill_errors(card);
  fill_folds(card);
  fill_rankings(card);
  return card;
}

}  // namespace foretoken::validate
