#include "calibrate/posterior.h"

#include <cmath>
#include <map>
#include <utility>

#include <Eigen/Sparse>

#include "base/error.h"
#include "calibrate/row_model.h"

namespace foretoken::calibrate {
namespace {

using SparseMatrix = Eigen::SparseMatrix<double>;

/// d ln t / d parameter of one row, each parameter once.
std::map<int, double> row_jacobian(const FitRow& row, const std::vector<double>& parameters,
                                   double& ln_time) {
  std::vector<double> gradient;
  ln_time = ln_predicted(row, parameters, &gradient);
  std::map<int, double> jacobian;
  for (std::size_t c = 0; c < row.coefficients.size(); ++c) {
    for (const auto& [index, weight] : row.coefficients[c].terms) {
      jacobian[index] += weight * gradient[c];
    }
  }
  return jacobian;
}

/// Rows of the weighted Jacobian, so that Hessian = J^T J + priors.
SparseMatrix weighted_jacobian(const std::vector<FitRow>& rows,
                               const std::vector<std::uint8_t>& included, const Scales& scales,
                               const std::vector<double>& parameters) {
  std::vector<Eigen::Triplet<double>> entries;
  int line = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (included[i] == 0) continue;
    double ln_time = 0;
    const auto jacobian = row_jacobian(rows[i], parameters, ln_time);
    const double noise = scales.noise[static_cast<std::size_t>(rows[i].source)];
    const double ratio = (ln_time - rows[i].ln_seconds) / noise / kLossScale;
    const double weight = std::sqrt(rows[i].weight / (1.0 + ratio * ratio)) / noise;
    for (const auto& [index, value] : jacobian) entries.emplace_back(line, index, weight * value);
    ++line;
  }
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    entries.emplace_back(line++, static_cast<int>(p), 1.0 / scales.spreads[p]);
  }
  SparseMatrix jacobian(line, static_cast<Eigen::Index>(parameters.size()));
  jacobian.setFromTriplets(entries.begin(), entries.end());
  return jacobian;
}

}  // namespace

std::vector<double> posterior_variances(const std::vector<FitRow>& rows,
                                        const std::vector<std::uint8_t>& included,
                                        const Scales& scales,
                                        const std::vector<double>& parameters) {
  const SparseMatrix jacobian = weighted_jacobian(rows, included, scales, parameters);
  const SparseMatrix hessian = jacobian.transpose() * jacobian;
  const Eigen::SimplicialLLT<SparseMatrix> cholesky(hessian);
  if (cholesky.info() != Eigen::Success) throw Error("the fit's Hessian is not positive definite");
  const SparseMatrix lower = cholesky.matrixL();
  const auto& order = cholesky.permutationP().indices();
  // With P H P^T = L L^T the diagonal of the inverse is the squared length of L^-1 e.
  std::vector<double> variances(parameters.size());
  Eigen::VectorXd column(hessian.rows());
  for (std::size_t p = 0; p < parameters.size(); ++p) {
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

}  // namespace foretoken::calibrate
