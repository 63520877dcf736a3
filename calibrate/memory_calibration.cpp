#include "calibrate/memory_calibration.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <set>

#include <Eigen/Dense>

#include "base/normal.h"

namespace foretoken::calibrate {
namespace {

constexpr double kShareSpread = 0.5;     ///< prior standard deviation of the share around 1
constexpr double kConstantSpread = 1.0;  ///< and of the constant, relative to what the file states
constexpr double kLeastConstant = 64e6;  ///< bytes; a file that states less still knows no better
constexpr double kUsualNoise = 0.03;     ///< relative, of a runtime without rows
constexpr double kLeastNoise = 0.002;
constexpr double kPseudoRows = 2.0;  ///< that a runtime's noise starts from, with the usual one
constexpr int kRounds = 20;

using Group = std::pair<std::string, hwdb::DeviceClass>;

std::string configuration(const MemoryRow& row) {
  const sim::Request& r = row.row->request;
  return r.device->id + "|" + r.llm->id + "|" + r.scheme + "|" + row.row->row->source;
}

/// One row as a linear equation: rest = has_constant * constant + buffer * share.
struct Equation {
  double rest = 0;
  double has_constant = 0;
  double buffer = 0;
  double measured = 0;
  double weight = 1;
  std::string model;
};

double median_of(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

sim::MemoryOverhead fit_group(const std::vector<Equation>& equations, double stated) {
  const double spread = std::max(kConstantSpread * stated, kLeastConstant);
  Eigen::Matrix2d prior = Eigen::Matrix2d::Zero();
  prior(0, 0) = 1.0 / (spread * spread);
  prior(1, 1) = 1.0 / (kShareSpread * kShareSpread);
  Eigen::Vector2d at(stated, 1.0);
  Eigen::Matrix2d precision = prior;
  double noise = kUsualNoise;
  std::vector<double> residuals;
  for (int round = 0; round < kRounds; ++round) {
    precision = prior;
    Eigen::Vector2d right = prior * Eigen::Vector2d(stated, 1.0);
    residuals.clear();
    for (const Equation& e : equations) {
      const Eigen::Vector2d x(e.has_constant, e.buffer);
      const double residual = (e.rest - x.dot(at)) / e.measured;
      residuals.push_back(std::abs(residual));
      const double far = residual / (2.0 * noise);
      const double sigma = noise * e.measured;
      const double weight = e.weight / (1.0 + far * far) / (sigma * sigma);
      precision += weight * x * x.transpose();
      right += weight * e.rest * x;
    }
    at = precision.ldlt().solve(right);
    if (at(0) < 0.0) {
      at(0) = 0.0;  // buffers are smaller than counted, no context gives memory back
      at(1) = right(1) / precision(1, 1);
    }
    constexpr double kDeviationOfMedian = 1.48;
    const double own = kDeviationOfMedian * median_of(residuals);
    const auto rows = static_cast<double>(equations.size());
    noise = std::max(kLeastNoise,
                     std::sqrt((rows * own * own + kPseudoRows * kUsualNoise * kUsualNoise) /
                               (rows + kPseudoRows)));
  }
  const Eigen::Matrix2d covariance = precision.inverse();
  return {.constant = at(0),
          .share = at(1),
          .constant_variance = covariance(0, 0),
          .covariance = covariance(0, 1),
          .share_variance = covariance(1, 1),
          .noise = noise,
          .rows = static_cast<double>(equations.size())};
}

/// What nine in ten rows of a model that takes no part keep, as a standard deviation: runtimes miss
/// models as a whole, so rows of one model say little of the next.
double noise_of_unseen_models(const std::vector<Equation>& equations, double stated) {
  std::set<std::string> models;
  for (const Equation& e : equations) models.insert(e.model);
  if (models.size() < 2) return 0.0;
  std::vector<double> errors;
  for (const std::string& model : models) {
    std::vector<Equation> others;
    std::copy_if(equations.begin(), equations.end(), std::back_inserter(others),
                 [&](const Equation& e) { return e.model != model; });
    const sim::MemoryOverhead fitted = fit_group(others, stated);
    for (const Equation& e : equations) {
      if (e.model != model) continue;
      const double predicted = e.has_constant * fitted.constant + e.buffer * fitted.share;
      errors.push_back(std::abs(e.rest - predicted) / e.measured);
    }
  }
  std::sort(errors.begin(), errors.end());
  const double nine_in_ten =
      errors[static_cast<std::size_t>(0.9 * static_cast<double>(errors.size() - 1))];
  return nine_in_ten / normal_quantile(0.95);
}

}  // namespace

sim::MemoryLaw fit_memory(const std::vector<MemoryRow>& rows, const std::vector<bool>& takes_part) {
  std::map<std::string, double> repeats;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (takes_part[i]) repeats[configuration(rows[i])] += 1.0;
  }
  std::map<Group, std::vector<Equation>> groups;
  std::map<Group, double> stated;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!takes_part[i]) continue;
    const MemoryRow& row = rows[i];
    const hwdb::Runtime& runtime = *row.row->request.runtime;
    const Group group{runtime.id, row.row->request.device->device_class};
    const sim::MemoryFit& counted = row.counted;
    groups[group].push_back({.rest = (row.measured - counted.weights - counted.kv).base(),
                             .has_constant = row.kind == MemoryKind::Buffers ? 0.0 : 1.0,
                             .buffer = counted.compute.base(),
                             .measured = row.measured.base(),
                             .weight = 1.0 / std::sqrt(repeats[configuration(row)]),
                             .model = row.row->request.llm->id});
    stated[group] = runtime.memory_overhead_fixed.base();
  }
  sim::MemoryLaw law;
  double constants = law.constant_spread * law.constant_spread;
  double shares = law.share_spread * law.share_spread;
  double noise = kUsualNoise * kUsualNoise;
  double count = 1.0;
  for (const auto& [group, equations] : groups) {
    sim::MemoryOverhead fitted = fit_group(equations, stated[group]);
    fitted.noise = std::max(fitted.noise, noise_of_unseen_models(equations, stated[group]));
    law.overheads.emplace(group, fitted);
    const double from = std::max(stated[group], kLeastConstant);
    constants += std::pow((fitted.constant - stated[group]) / from, 2.0);
    shares += std::pow(fitted.share - 1.0, 2.0);
    noise += fitted.noise * fitted.noise;
    count += 1.0;
  }
  law.constant_spread = std::sqrt(constants / count);
  law.share_spread = std::sqrt(shares / count);
  law.noise = std::sqrt(noise / count);
  return law;
}

sim::MemoryFit predicted_memory(const MemoryRow& row, const sim::MemoryLaw& law, double level) {
  const sim::Request& request = row.row->request;
  sim::MemoryOverhead overhead = law.overhead_of(request.runtime->id, request.device->device_class,
                                                 request.runtime->memory_overhead_fixed);
  if (row.kind == MemoryKind::Buffers) {
    overhead.constant = 0.0;
    overhead.constant_variance = 0.0;
    overhead.covariance = 0.0;
  }
  sim::MemoryFit fit = row.counted;
  sim::add_overhead(fit, overhead, level);
  return fit;
}

}  // namespace foretoken::calibrate
