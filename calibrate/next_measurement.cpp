#include "calibrate/next_measurement.h"

#include <algorithm>
#include <cmath>

#include <Eigen/Cholesky>
#include <Eigen/Core>

namespace foretoken::calibrate {
namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

}  // namespace

std::vector<Narrowing> narrowings(const Posterior& posterior, const std::vector<FitRow>& questions,
                                  const std::vector<Candidate>& candidates, double noise) {
  std::vector<FitRow> rows = questions;
  for (const Candidate& candidate : candidates) {
    rows.insert(rows.end(), candidate.rows.begin(), candidate.rows.end());
  }
  const std::vector<double> covariance = posterior.covariance(rows);
  const auto all = static_cast<Eigen::Index>(rows.size());
  const auto asked = static_cast<Eigen::Index>(questions.size());
  const Eigen::Map<const RowMajor> joint(covariance.data(), all, all);
  std::vector<Narrowing> result;
  Eigen::Index first = asked;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const auto count = static_cast<Eigen::Index>(candidates[i].rows.size());
    Eigen::MatrixXd measured = joint.block(first, first, count, count);
    measured.diagonal().array() += candidates[i].noise * candidates[i].noise;
    const Eigen::MatrixXd across = joint.block(first, 0, count, asked);
    const Eigen::MatrixXd explained = measured.ldlt().solve(across);
    first += count;
    double sum = 0.0;
    for (Eigen::Index r = 0; r < asked; ++r) {
      const double before = joint(r, r);
      const double after = std::max(0.0, before - across.col(r).dot(explained.col(r)));
      sum += std::sqrt((after + noise * noise) / (before + noise * noise));
    }
    result.push_back(
        {.candidate = i, .factor = asked > 0 ? sum / static_cast<double>(asked) : 1.0});
  }
  std::stable_sort(result.begin(), result.end(),
                   [](const Narrowing& a, const Narrowing& b) { return a.factor < b.factor; });
  return result;
}

}  // namespace foretoken::calibrate
