#include "calibrate/posterior.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include <Eigen/Cholesky>
#include <Eigen/Sparse>

#include "base/error.h"
#include "calibrate/row_model.h"

namespace foretoken::calibrate {
namespace {

using SparseMatrix = Eigen::SparseMatrix<double>;
using Cholesky = Eigen::SimplicialLLT<SparseMatrix>;

/// One row's part of the weighted least-squares problem.
struct Line {
  std::vector<std::pair<int, double>> slopes;  ///< parameter ascending, weighted d ln t
  double residual = 0.0;                       ///< weighted
};

Line line_of(const FitRow& row, const Scales& scales, const std::vector<double>& parameters,
             bool robust = true) {
  std::vector<double> gradient;
  const double ln_time = ln_predicted(row, parameters, &gradient);
  const double noise = scales.noise[static_cast<std::size_t>(row.source)];
  const double ratio = (ln_time - row.ln_seconds) / noise / kLossScale;
  const double loss_weight = robust ? 1.0 / (1.0 + ratio * ratio) : 1.0;
  const double weight = std::sqrt(row.weight * loss_weight) / noise;
  std::map<int, double> slopes;
  for (std::size_t c = 0; c < row.coefficients.size(); ++c) {
    for (const auto& [index, share] : row.coefficients[c].terms) {
      slopes[index] += weight * share * gradient[c];
    }
  }
  return {{slopes.begin(), slopes.end()}, weight * (ln_time - row.ln_seconds)};
}

SparseMatrix matrix_of(const std::vector<const Line*>& lines, Eigen::Index columns) {
  std::vector<Eigen::Triplet<double>> entries;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    for (const auto& [index, value] : lines[i]->slopes) {
      entries.emplace_back(static_cast<int>(i), index, value);
    }
  }
  SparseMatrix matrix(static_cast<Eigen::Index>(lines.size()), columns);
  matrix.setFromTriplets(entries.begin(), entries.end());
  return matrix;
}

Eigen::VectorXd gradient_of(const std::vector<const Line*>& lines, Eigen::Index size) {
  Eigen::VectorXd gradient = Eigen::VectorXd::Zero(size);
  for (const Line* line : lines) {
    for (const auto& [index, slope] : line->slopes) gradient[index] += slope * line->residual;
  }
  return gradient;
}

void require(const Cholesky& cholesky) {
  if (cholesky.info() != Eigen::Success) throw Error("the fit's Hessian is not positive definite");
}

/// With P H P^T = L L^T, P^T L^-T z has the covariance H^-1 for standard normal z.
std::vector<ops::Draws> draws_of(const Cholesky& cholesky, std::uint64_t seed) {
  const Eigen::Index size = cholesky.rows();
  constexpr auto kHalf = static_cast<Eigen::Index>(ops::kHalfDraws);
  Eigen::MatrixXd standard(size, kHalf);
  for (Eigen::Index i = 0; i < size; ++i) {
    constexpr std::uint64_t kMostParameters = std::uint64_t{1} << 32U;
    const ops::Draws draws =
        ops::standard_draws(seed * kMostParameters + static_cast<std::uint64_t>(i));
    for (Eigen::Index d = 0; d < kHalf; ++d) standard(i, d) = draws[static_cast<std::size_t>(d)];
  }
  const Eigen::MatrixXd ordered = cholesky.matrixU().solve(standard);
  const Eigen::MatrixXd moved = cholesky.permutationPinv() * ordered;
  std::vector<ops::Draws> draws(static_cast<std::size_t>(size));
  for (Eigen::Index i = 0; i < size; ++i) {
    for (Eigen::Index d = 0; d < kHalf; ++d) {
      draws[static_cast<std::size_t>(i)][static_cast<std::size_t>(d)] = moved(i, d);
      draws[static_cast<std::size_t>(i)][static_cast<std::size_t>(d + kHalf)] = -moved(i, d);
    }
  }
  return draws;
}

}  // namespace

struct Posterior::Impl {
  std::vector<double> parameters;
  std::vector<Line> lines;   ///< parallel to the rows; empty where a row is not included
  Eigen::VectorXd gradient;  ///< of all rows and priors: small, where the fit stopped, not zero
  SparseMatrix hessian;
  Cholesky cholesky;
  Cholesky reduced;  ///< same pattern, other values
  bool analysed = false;
};

Posterior::Posterior(const std::vector<FitRow>& rows, const std::vector<std::uint8_t>& included,
                     const Scales& scales, const std::vector<double>& parameters)
    : impl_(std::make_unique<Impl>()) {
  impl_->parameters = parameters;
  impl_->lines.resize(rows.size());
  std::vector<const Line*> lines;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (included[i] == 0) continue;
    impl_->lines[i] = line_of(rows[i], scales, parameters);
    lines.push_back(&impl_->lines[i]);
  }
  std::vector<Line> priors(parameters.size());
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    priors[p].slopes = {{static_cast<int>(p), 1.0 / scales.spreads[p]}};
    priors[p].residual = parameters[p] / scales.spreads[p];
    lines.push_back(&priors[p]);
  }
  impl_->gradient = gradient_of(lines, static_cast<Eigen::Index>(parameters.size()));
  const SparseMatrix jacobian = matrix_of(lines, static_cast<Eigen::Index>(parameters.size()));
  impl_->hessian = jacobian.transpose() * jacobian;
  impl_->cholesky.compute(impl_->hessian);
  require(impl_->cholesky);
}

Posterior::~Posterior() = default;

std::vector<double> Posterior::variances() const {
  const SparseMatrix lower = impl_->cholesky.matrixL();
  const auto& order = impl_->cholesky.permutationP().indices();
  // With P H P^T = L L^T the diagonal of the inverse is the squared length of L^-1 e.
  std::vector<double> variances(impl_->parameters.size());
  Eigen::VectorXd column(impl_->hessian.rows());
  for (std::size_t p = 0; p < variances.size(); ++p) {
    const auto first = static_cast<Eigen::Index>(order[static_cast<Eigen::Index>(p)]);
    column.tail(column.size() - first).setZero();
    column[first] = 1.0;
    double length = 0.0;
    for (Eigen::Index j = first; j < column.size(); ++j) {
      if (column[j] == 0.0) continue;
      SparseMatrix::InnerIterator entry(lower, j);
      column[j] /= entry.value();
      length += column[j] * column[j];
      for (++entry; entry; ++entry) column[entry.row()] -= entry.value() * column[j];
    }
    variances[p] = length;
  }
  return variances;
}

std::vector<ops::Draws> Posterior::draws(std::uint64_t seed) const {
  return draws_of(impl_->cholesky, seed);
}

std::vector<double> Posterior::variances_of(
    const std::vector<std::vector<std::pair<int, double>>>& sums) const {
  std::vector<double> variances;
  variances.reserve(sums.size());
  Eigen::VectorXd weights(impl_->hessian.rows());
  for (const auto& sum : sums) {
    weights.setZero();
    for (const auto& [index, weight] : sum) weights[index] += weight;
    variances.push_back(weights.dot(impl_->cholesky.solve(weights)));
  }
  return variances;
}

std::vector<double> Posterior::covariance(const std::vector<FitRow>& rows) const {
  const auto size = static_cast<Eigen::Index>(impl_->parameters.size());
  const auto count = static_cast<Eigen::Index>(rows.size());
  Eigen::MatrixXd slopes = Eigen::MatrixXd::Zero(size, count);
  std::vector<double> gradient;
  for (Eigen::Index i = 0; i < count; ++i) {
    const FitRow& row = rows[static_cast<std::size_t>(i)];
    ln_predicted(row, impl_->parameters, &gradient);
    for (std::size_t c = 0; c < row.coefficients.size(); ++c) {
      for (const auto& [index, share] : row.coefficients[c].terms) {
        slopes(index, i) += share * gradient[c];
      }
    }
  }
  const Eigen::MatrixXd joint = slopes.transpose() * impl_->cholesky.solve(slopes);
  std::vector<double> values;
  values.reserve(rows.size() * rows.size());
  for (Eigen::Index i = 0; i < count; ++i) {
    for (Eigen::Index j = 0; j < count; ++j) values.push_back(joint(i, j));
  }
  return values;
}

Belief Posterior::without(const std::vector<std::size_t>& left_out) {
  const auto size = static_cast<Eigen::Index>(impl_->parameters.size());
  std::vector<const Line*> lines;
  for (const std::size_t row : left_out) lines.push_back(&impl_->lines[row]);
  const SparseMatrix jacobian = matrix_of(lines, size);
  const SparseMatrix theirs = jacobian.transpose() * jacobian;
  const SparseMatrix rest = impl_->hessian - theirs;
  if (!impl_->analysed) impl_->reduced.analyzePattern(impl_->hessian);
  impl_->analysed = true;
  impl_->reduced.factorize(rest);
  require(impl_->reduced);
  // The solver stops close to the optimum, not at it. Along a direction that only these rows hold
  // their gradient is steep there, so the others' gradient is taken as it is and not as the
  // opposite of theirs: a parameter of theirs alone goes back to its prior and no further.
  const Eigen::VectorXd others = impl_->gradient - gradient_of(lines, size);
  const Eigen::VectorXd step = -impl_->reduced.solve(others);
  Belief belief{.parameters = impl_->parameters, .draws = draws_of(impl_->reduced, 0)};
  for (std::size_t p = 0; p < belief.parameters.size(); ++p) {
    double squares = 0.0;
    for (const double draw : belief.draws[p]) squares += draw * draw;
    constexpr double kLongest = 3.0;
    const double longest = kLongest * std::sqrt(squares / ops::kDraws);
    belief.parameters[p] += std::clamp(step[static_cast<Eigen::Index>(p)], -longest, longest);
  }
  return belief;
}

std::vector<double> Posterior::with(const std::vector<FitRow>& more, const Scales& scales) const {
  constexpr int kTrusting = 3;  // iterations before the robust loss sets in
  constexpr int kIterations = 8;
  const auto size = static_cast<Eigen::Index>(impl_->parameters.size());
  const auto count = static_cast<Eigen::Index>(more.size());
  std::vector<double> parameters = impl_->parameters;
  if (more.empty()) return parameters;
  Eigen::VectorXd moved = Eigen::VectorXd::Zero(size);  // from the posterior's optimum
  for (int iteration = 0; iteration < kIterations; ++iteration) {
    Eigen::MatrixXd slopes = Eigen::MatrixXd::Zero(size, count);
    Eigen::VectorXd residuals(count);
    for (Eigen::Index i = 0; i < count; ++i) {
      const Line line =
          line_of(more[static_cast<std::size_t>(i)], scales, parameters, iteration >= kTrusting);
      for (const auto& [index, slope] : line.slopes) slopes(index, i) = slope;
      residuals[i] = line.residual;
    }
    // The rows' linearised residuals against the posterior: as many unknowns as rows.
    const Eigen::MatrixXd reach = impl_->cholesky.solve(slopes);
    const Eigen::MatrixXd system =
        Eigen::MatrixXd::Identity(count, count) + slopes.transpose() * reach;
    moved = reach * system.ldlt().solve(slopes.transpose() * moved - residuals);
    for (std::size_t p = 0; p < parameters.size(); ++p) {
      parameters[p] = impl_->parameters[p] + moved[static_cast<Eigen::Index>(p)];
    }
  }
  return parameters;
}

}  // namespace foretoken::calibrate
