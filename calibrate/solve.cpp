#include "calibrate/solve.h"

#include <algorithm>
#include <memory>

#include <ceres/ceres.h>

#include "base/error.h"
#include "calibrate/row_model.h"

namespace foretoken::calibrate {
namespace {

/// Parameters that a row uses, each once, ascending.
std::vector<int> parameters_of(const FitRow& row) {
  std::vector<int> used;
  for (const FitCoefficient& coefficient : row.coefficients) {
    for (const auto& term : coefficient.terms) used.push_back(term.first);
  }
  std::sort(used.begin(), used.end());
  used.erase(std::unique(used.begin(), used.end()), used.end());
  return used;
}

/// (ln predicted - ln measured) / scale over the scalar parameters that the row uses. Reads the
/// pool's whole parameter vector through `all`, which the blocks are part of.
class RowCost : public ceres::CostFunction {
 public:
  RowCost(const FitRow& row, std::vector<int> used, double scale)
      : row_(row), used_(std::move(used)), scale_(scale) {
    set_num_residuals(1);
    mutable_parameter_block_sizes()->assign(used_.size(), 1);
    const int most = used_.empty() ? 0 : used_.back() + 1;
    local_.assign(static_cast<std::size_t>(most), 0.0);
  }

  bool Evaluate(double const* const* blocks, double* residuals, double** jacobians) const override {
    for (std::size_t i = 0; i < used_.size(); ++i) {
      local_[static_cast<std::size_t>(used_[i])] = *blocks[i];
    }
    const double ln = ln_predicted(row_, local_, jacobians == nullptr ? nullptr : &gradient_);
    residuals[0] = (ln - row_.ln_seconds) / scale_;
    if (jacobians == nullptr) return true;
    for (std::size_t i = 0; i < used_.size(); ++i) {
      if (jacobians[i] != nullptr) *jacobians[i] = 0.0;
    }
    for (std::size_t c = 0; c < row_.coefficients.size(); ++c) {
      for (const auto& [index, weight] : row_.coefficients[c].terms) {
        const auto at = std::lower_bound(used_.begin(), used_.end(), index) - used_.begin();
        if (jacobians[at] != nullptr) *jacobians[at] += weight * gradient_[c] / scale_;
      }
    }
    return true;
  }

 private:
  const FitRow& row_;
  std::vector<int> used_;
  double scale_;
  // Scratch; one solve runs on one thread.
  mutable std::vector<double> local_;
  mutable std::vector<double> gradient_;
};

/// beta / spread.
class PriorCost : public ceres::SizedCostFunction<1, 1> {
 public:
  explicit PriorCost(double spread) : spread_(spread) {}
  bool Evaluate(double const* const* blocks, double* residuals, double** jacobians) const override {
    residuals[0] = *blocks[0] / spread_;
    if (jacobians != nullptr && jacobians[0] != nullptr) *jacobians[0] = 1.0 / spread_;
    return true;
  }

 private:
  double spread_;
};

}  // namespace

SolveResult solve(const std::vector<FitRow>& rows, const std::vector<std::uint8_t>& included,
                  const Scales& scales, int max_iterations, std::vector<double>& parameters) {
  ceres::Problem problem;
  std::vector<std::uint8_t> used(parameters.size(), 0);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (included[i] == 0) continue;
    std::vector<int> indices = parameters_of(rows[i]);
    const double noise = scales.noise[static_cast<std::size_t>(rows[i].source)];
    std::vector<double*> blocks;
    for (const int index : indices) {
      blocks.push_back(&parameters[static_cast<std::size_t>(index)]);
      used[static_cast<std::size_t>(index)] = 1;
    }
    auto loss = std::make_unique<ceres::ScaledLoss>(new ceres::CauchyLoss(kLossScale),
                                                    rows[i].weight, ceres::TAKE_OWNERSHIP);
    problem.AddResidualBlock(new RowCost(rows[i], std::move(indices), noise), loss.release(),
                             blocks);
  }
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    if (used[p] == 0) {
      parameters[p] = 0.0;  // nothing speaks of it: the prior's mean
    } else {
      problem.AddResidualBlock(new PriorCost(scales.spreads[p]), nullptr, &parameters[p]);
    }
  }
  ceres::Solver::Options options;
  options.linear_solver_type = ceres::SPARSE_NORMAL_CHOLESKY;
  // Without it Ceres sorts the products of the normal equations of every solve, half of its time.
  options.dynamic_sparsity = true;
  options.num_threads = 1;  // folds and pools run side by side; one solve is bit-reproducible
  options.max_num_iterations = max_iterations;
  options.function_tolerance = 1e-5;
  options.logging_type = ceres::SILENT;
  ceres::Solver::Summary summary;
  ceres::Solve(options, &problem, &summary);
  if (!summary.IsSolutionUsable()) throw Error("the fit failed: " + summary.message);
  return {static_cast<int>(summary.iterations.size()),
          summary.termination_type == ceres::CONVERGENCE};
}

}  // namespace foretoken::calibrate
