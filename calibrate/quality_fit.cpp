#include "calibrate/quality_fit.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <Eigen/Dense>

#include "base/error.h"

namespace foretoken::calibrate {
namespace {

constexpr int kRounds = 40;
constexpr double kStartSpread = 0.6;
/// Weak prior of a level's variance: as many made-up parameters of that deviation.
constexpr double kSpreadPriorCount = 1.0;
constexpr double kSpreadPrior = 0.2;
constexpr double kRobustDof = 4.0;
constexpr double kUnknownReferenceDeviation = 0.3;
constexpr double kLongestStep = 1.0;

enum class Reading { Ratio, Kl, Top1 };

/// One figure of one row.
struct Figure {
  Reading reading = Reading::Ratio;
  sim::QualityPoint point;
  double value = 0;         ///< loss, ln D or ln(1 - A); ln perplexity where `reference` is set
  int reference = -1;       ///< parameter of ln reference perplexity; -1: known
  double weight = 1;        ///< below 1 for replicates
  double noise_factor = 1;  ///< of the measurement's noise: short texts
};

/// Parameters by name, with prior mean and where its deviation comes from.
struct Parameters {
  const sim::QualityPriors& priors;
  std::vector<std::string> names;
  std::vector<sim::QualityLevel> levels;
  std::vector<double> prior_mean;
  std::vector<double> prior_deviation;  ///< of those not pooled
  std::vector<double> rows;
  std::map<std::string, std::size_t> index;

  std::size_t find(const std::string& name, sim::QualityLevel level, sim::Normal prior) {
    const auto [at, is_new] = index.emplace(name, names.size());
    if (is_new) {
      names.push_back(name);
      levels.push_back(level);
      prior_mean.push_back(prior.mean);
      prior_deviation.push_back(prior.deviation);
      rows.push_back(0.0);
    }
    return at->second;
  }

  std::vector<sim::QualityPoint::Feature> features(const std::vector<sim::QualityFeature>& named) {
    std::vector<sim::QualityPoint::Feature> indexed;
    for (const sim::QualityFeature& feature : named) {
      const bool fixed = feature.level == sim::QualityLevel::Fixed;
      const std::size_t at = find(feature.parameter, feature.level,
                                  fixed ? priors.at(feature.parameter) : sim::Normal{0.0, 1.0});
      rows[at] += 1.0;
      indexed.push_back({at, feature.factor});
    }
    return indexed;
  }
};

class QualityFit {
 public:
  QualityFit(const std::vector<QualityCase>& cases, const sim::QualityPriors& priors)
      : parameters_{.priors = priors} {
    find_references(cases);
    for (const QualityCase& one : cases) add(one);
    if (figures_.empty()) throw Error("no row states a loss to learn from");
    start_references();
    const auto n = static_cast<Eigen::Index>(parameters_.names.size());
    values_ = Eigen::Map<const Eigen::VectorXd>(parameters_.prior_mean.data(), n);
    plain_values_.assign(values_.data(), values_.data() + n);
    gradient_.resize(plain_values_.size());
    spreads_.fill(kStartSpread);
    spreads_[0] = 0.0;
  }

  sim::QualityCoefficients run() {
    for (int round = 0; round < kRounds; ++round) {
      step();
      update_variances();
    }
    return result();
  }

 private:
  /// A group without a stated reference gets one as a parameter, to be set by `start_references`.
  void find_references(const std::vector<QualityCase>& cases) {
    for (const QualityCase& one : cases) {
      if (one.row->ln_ratio() || !one.row->perplexity) continue;
      const std::string group = one.row->group();
      references_[group] = static_cast<int>(parameters_.find(
          "reference:" + group, sim::QualityLevel::Fixed, {0.0, kUnknownReferenceDeviation}));
    }
  }

  /// What the group's best row leaves when the loss that the priors expect is taken off.
  void start_references() {
    std::map<int, double> starts;
    for (const Figure& figure : figures_) {
      if (figure.reading != Reading::Ratio || figure.reference < 0) continue;
      const double loss = std::exp(sim::ln_loss(figure.point, parameters_.prior_mean, nullptr));
      const auto [at, is_new] = starts.emplace(figure.reference, figure.value - loss);
      if (!is_new) at->second = std::max(at->second, figure.value - loss);
    }
    for (const auto& [reference, start] : starts) {
      parameters_.prior_mean[static_cast<std::size_t>(reference)] = start;
    }
  }

  void add(const QualityCase& one) {
    const sim::QualityRow& row = *one.row;
    Figure figure;
    for (const auto& term : one.design.terms) {
      figure.point.terms.push_back({term.ln_share, parameters_.features(term.features)});
    }
    figure.point.scale = parameters_.features(one.design.scale);
    figure.point.exponent = parameters_.features(one.design.exponent);
    figure.point.curvature = parameters_.features(one.design.curvature);
    figure.weight = 1.0 / one.replicates;
    figure.noise_factor = sim::noise_factor(row);
    ++evidence_;
    if (const auto loss = row.ln_ratio()) {
      figure.value = *loss;
      figures_.push_back(figure);
    } else if (row.perplexity) {
      figure.value = std::log(*row.perplexity);
      figure.reference = references_.at(row.group());
      figures_.push_back(figure);
      figure.reference = -1;
    }
    if (row.kl_divergence && *row.kl_divergence > 0.0) {
      add_reading(figure, Reading::Kl, std::log(*row.kl_divergence), "kl");
    }
    if (row.top1_agreement && *row.top1_agreement < 1.0) {
      add_reading(figure, Reading::Top1, std::log1p(-*row.top1_agreement), "top1");
    }
  }

  void add_reading(Figure figure, Reading reading, double value, const std::string& name) {
    figure.reading = reading;
    figure.value = value;
    auto& [scale, exponent] = readings_[static_cast<std::size_t>(reading)];
    scale = parameters_.find(name + ".scale", sim::QualityLevel::Fixed,
                             parameters_.priors.at(name + ".scale"));
    exponent = parameters_.find(name + ".exponent", sim::QualityLevel::Fixed,
                                parameters_.priors.at(name + ".exponent"));
    figures_.push_back(std::move(figure));
  }

  /// Residual of a figure, its slopes, and its variance from misfit and from noise.
  struct Line {
    double residual = 0;
    double misfit_variance = 0;
    double noise_variance = 0;
    double variance() const { return misfit_variance + noise_variance; }
  };

  Line line_of(const Figure& figure, Eigen::VectorXd* slopes) {
    const std::vector<double>& values = plain_values_;
    const double ln = sim::ln_loss(figure.point, values, slopes != nullptr ? &gradient_ : nullptr);
    if (slopes != nullptr) {
      *slopes = Eigen::Map<const Eigen::VectorXd>(gradient_.data(), values_.size());
    }
    Line line;
    if (figure.reading == Reading::Ratio) {
      const double loss = std::exp(ln);
      const double slope = sim::loss_scale_slope(loss);
      if (slopes != nullptr) *slopes *= slope * loss;
      double measured = figure.value;
      if (figure.reference >= 0) {
        measured -= values_[figure.reference];
        if (slopes != nullptr) (*slopes)[figure.reference] += sim::loss_scale_slope(measured);
      }
      line.residual = sim::loss_scale(measured) - sim::loss_scale(loss);
      const double noise = noise_ * figure.noise_factor;
      line.misfit_variance = slope * slope * loss * loss * misfit_ * misfit_;
      line.noise_variance = slope * slope * noise * noise;
      return line;
    }
    const auto& [scale, exponent] = readings_[static_cast<std::size_t>(figure.reading)];
    const double power = values[exponent];
    line.residual = figure.value - (values[scale] + power * ln);
    const double misfit = figure.reading == Reading::Kl ? kl_misfit_ : top1_misfit_;
    line.noise_variance = misfit * misfit;
    if (slopes != nullptr) {
      *slopes *= power;
      (*slopes)[static_cast<Eigen::Index>(scale)] += 1.0;
      (*slopes)[static_cast<Eigen::Index>(exponent)] += ln;
    }
    return line;
  }

  double prior_variance(std::size_t i) const {
    const auto level = static_cast<std::size_t>(parameters_.levels[i]);
    const double deviation = level == 0 ? parameters_.prior_deviation[i] : spreads_[level];
    return std::max(deviation * deviation, 1e-8);
  }

  /// One Gauss-Newton step, no parameter by more than `kLongestStep`.
  void step() {
    const Eigen::Index n = values_.size();
    Eigen::MatrixXd hessian = Eigen::MatrixXd::Zero(n, n);
    Eigen::VectorXd pull = Eigen::VectorXd::Zero(n);
    for (Eigen::Index i = 0; i < n; ++i) {
      const auto at = static_cast<std::size_t>(i);
      hessian(i, i) = 1.0 / prior_variance(at);
      pull[i] = (parameters_.prior_mean[at] - values_[i]) / prior_variance(at);
    }
    Eigen::VectorXd slopes(n);
    for (const Figure& figure : figures_) {
      const Line line = line_of(figure, &slopes);
      const double weight = robust_weight(line) * figure.weight / line.variance();
      hessian.selfadjointView<Eigen::Lower>().rankUpdate(slopes, weight);
      pull += slopes * (weight * line.residual);
    }
    const Eigen::LLT<Eigen::MatrixXd> solver(hessian.selfadjointView<Eigen::Lower>());
    Eigen::VectorXd move = solver.solve(pull);
    const double longest = move.cwiseAbs().maxCoeff();
    if (longest > kLongestStep) move *= kLongestStep / longest;
    values_ += move;
    plain_values_.assign(values_.data(), values_.data() + n);
    covariance_ = solver.solve(Eigen::MatrixXd::Identity(n, n));
  }

  static double robust_weight(const Line& line) {
    return (kRobustDof + 1.0) / (kRobustDof + line.residual * line.residual / line.variance());
  }

  void update_variances() {
    std::array<double, sim::kQualityLevels> squares{};
    std::array<double, sim::kQualityLevels> counts{};
    for (std::size_t i = 0; i < parameters_.names.size(); ++i) {
      const auto level = static_cast<std::size_t>(parameters_.levels[i]);
      const auto at = static_cast<Eigen::Index>(i);
      squares[level] += values_[at] * values_[at] + covariance_(at, at);
      counts[level] += 1.0;
    }
    for (std::size_t level = 1; level < squares.size(); ++level) {
      spreads_[level] =
          std::sqrt((squares[level] + kSpreadPriorCount * kSpreadPrior * kSpreadPrior) /
                    (counts[level] + kSpreadPriorCount));
    }
    update_noises();
  }

  /// Shares each squared residual between misfit and noise, as the two made it likely.
  void update_noises() {
    double misfit = 0;
    double noise = 0;
    double weights = 0;
    std::array<double, 3> squares{};
    std::array<double, 3> counts{};
    Eigen::VectorXd slopes(values_.size());
    for (const Figure& figure : figures_) {
      const Line line = line_of(figure, &slopes);
      const double square =
          robust_weight(line) * line.residual * line.residual + slopes.dot(covariance_ * slopes);
      const auto reading = static_cast<std::size_t>(figure.reading);
      if (figure.reading != Reading::Ratio) {
        squares[reading] += figure.weight * square;
        counts[reading] += figure.weight;
        continue;
      }
      const double share = line.misfit_variance / line.variance();
      const double left = line.misfit_variance * (1.0 - share);
      const double scale = line.misfit_variance / (misfit_ * misfit_);
      misfit += figure.weight * (share * share * square + left) / std::max(scale, 1e-12);
      const double noise_scale = line.noise_variance / (noise_ * noise_);
      noise += figure.weight * ((1.0 - share) * (1.0 - share) * square + left) /
               std::max(noise_scale, 1e-12);
      weights += figure.weight;
    }
    if (weights > 0.0) {
      misfit_ = std::sqrt(misfit / weights);
      noise_ = std::sqrt(noise / weights);
    }
    if (counts[1] > 0.0) kl_misfit_ = std::sqrt(squares[1] / counts[1]);
    if (counts[2] > 0.0) top1_misfit_ = std::sqrt(squares[2] / counts[2]);
  }

  /// References and groups explain rows and nothing else.
  sim::QualityCoefficients result() const {
    sim::QualityCoefficients out;
    std::vector<Eigen::Index> kept;
    for (std::size_t i = 0; i < parameters_.names.size(); ++i) {
      const bool explains_rows = parameters_.levels[i] == sim::QualityLevel::Evaluation ||
                                 parameters_.names[i].starts_with("reference:");
      if (explains_rows) continue;
      kept.push_back(static_cast<Eigen::Index>(i));
      out.names.push_back(parameters_.names[i]);
      out.values.push_back(values_[static_cast<Eigen::Index>(i)]);
      out.rows.push_back(parameters_.rows[i]);
    }
    for (const Eigen::Index row : kept) {
      for (const Eigen::Index column : kept) out.covariance.push_back(covariance_(row, column));
    }
    out.spreads = spreads_;
    out.misfit = misfit_;
    out.noise = noise_;
    out.kl_misfit = kl_misfit_;
    out.top1_misfit = top1_misfit_;
    out.evidence = evidence_;
    out.priors = parameters_.priors;
    const auto families =
        std::count(parameters_.levels.begin(), parameters_.levels.end(), sim::QualityLevel::Family);
    out.tail_dof = std::max(2, static_cast<int>((families - 1) / 2 * 2));
    return out;
  }

  Parameters parameters_;
  std::map<std::string, int> references_;
  std::vector<Figure> figures_;
  std::array<std::pair<std::size_t, std::size_t>, 3> readings_{};
  Eigen::VectorXd values_;
  std::vector<double> plain_values_;  ///< the same, as the law takes them
  std::vector<double> gradient_;
  Eigen::MatrixXd covariance_;
  std::array<double, sim::kQualityLevels> spreads_{};
  double misfit_ = 0.3;
  double noise_ = 0.001;
  double kl_misfit_ = 0.3;
  double top1_misfit_ = 0.3;
  std::size_t evidence_ = 0;
};

}  // namespace

sim::QualityCoefficients fit_quality(const std::vector<QualityCase>& cases,
                                     const sim::QualityPriors& priors) {
  return QualityFit(cases, priors).run();
}

}  // namespace foretoken::calibrate
