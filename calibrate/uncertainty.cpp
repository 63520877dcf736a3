#include "calibrate/uncertainty.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/hash.h"
#include "calibrate/misfit.h"
#include "calibrate/row_keys.h"
#include "calibrate/row_model.h"

namespace foretoken::calibrate {
namespace {

/// Groups left out in turn, those with most rows where there are more, and rows scored of each.
constexpr std::size_t kGroups = 40;
constexpr std::size_t kRowsPerGroup = 12;

using RowIndices = std::vector<std::size_t>;

/// Noise over sources of the rows of one kind: a source counts by its rows, and one pseudo-source
/// keeps a pool of one source from being sure of the next.
ops::SourceNoise source_noise(const PoolData& pool, const std::vector<std::uint8_t>& included,
                              const Fit& fit, bool kernels) {
  constexpr double kFullRows = 10.0;
  constexpr double kPseudoDeviation = 0.3;
  std::map<int, double> rows;
  for (std::size_t i = 0; i < pool.rows.size(); ++i) {
    if (included[i] == 0 || (pool.rows[i].kernel != nullptr) != kernels) continue;
    rows[pool.fit_rows[i].source] += 1.0;
  }
  double weights = 0.0;
  double sum = 0.0;
  for (const auto& [source, count] : rows) {
    const double weight = count / (count + kFullRows);
    weights += weight;
    sum += weight * std::log(fit.noise[static_cast<std::size_t>(source)]);
  }
  if (weights == 0.0) return {std::log(fit.scale), kPseudoDeviation};
  const double mean = sum / weights;
  double squares = kPseudoDeviation * kPseudoDeviation;
  for (const auto& [source, count] : rows) {
    const double off = std::log(fit.noise[static_cast<std::size_t>(source)]) - mean;
    squares += count / (count + kFullRows) * off * off;
  }
  return {.ln_mean = mean, .ln_deviation = std::sqrt(squares / (weights + 1.0))};
}

/// The group that a row is left out with: its device, or, for a known device, its model or shape.
std::string group_of(const PoolRow& row, bool known_device) {
  if (!known_device) return device_key(row);
  if (row.decode != nullptr) return "model " + model_key(row);
  constexpr std::uint64_t kShapeGroups = 12;
  return "shapes " + std::to_string(fnv1a(shape_key(row)) % kShapeGroups);
}

/// At most `most` of the entries, evenly spaced.
RowIndices thinned(const RowIndices& rows, std::size_t most) {
  if (rows.size() <= most) return rows;
  RowIndices kept;
  for (std::size_t i = 0; i < most; ++i) {
    kept.push_back(rows[(2 * i + 1) * rows.size() / (2 * most)]);
  }
  return kept;
}

std::map<std::string, RowIndices> groups_of(const PoolData& pool,
                                            const std::vector<std::uint8_t>& included,
                                            const std::set<Asked>& asked, bool known_device) {
  std::map<std::string, RowIndices> groups;
  std::set<std::string> wanted;
  for (std::size_t i = 0; i < pool.rows.size(); ++i) {
    if (included[i] == 0) continue;
    std::string group = group_of(pool.rows[i], known_device);
    if (asked.count({question_of(pool.rows[i]), known_device}) > 0) wanted.insert(group);
    groups[std::move(group)].push_back(i);
  }
  std::vector<std::pair<std::size_t, std::string>> order;
  for (const std::string& group : wanted) order.emplace_back(groups.at(group).size(), group);
  std::sort(order.rbegin(), order.rend());
  std::map<std::string, RowIndices> chosen;
  for (std::size_t i = 0; i < std::min(kGroups, order.size()); ++i) {
    chosen[order[i].second] = groups.at(order[i].second);
  }
  return chosen;
}

ops::Draws offsets_of(const FitRow& row, const Belief& belief, double ln_point) {
  // Only the row's own parameters are read.
  std::vector<double> moved = belief.parameters;
  ops::Draws offsets{};
  for (std::size_t d = 0; d < offsets.size(); ++d) {
    for (const FitCoefficient& coefficient : row.coefficients) {
      for (const auto& term : coefficient.terms) {
        const auto p = static_cast<std::size_t>(term.first);
        moved[p] = belief.parameters[p] + belief.draws[p][d];
      }
    }
    offsets[d] = ln_predicted(row, moved, nullptr) - ln_point;
  }
  return offsets;
}

/// A prediction has no source: what is particular to one is neither known nor doubted in it.
void forget_sources_in(const Design& design, Belief& belief) {
  forget_sources(design, belief.parameters);
  for (std::size_t p = 0; p < belief.draws.size(); ++p) {
    if (is_of_source(design.names[p])) belief.draws[p] = {};
  }
}

using Misses = std::map<std::string, std::vector<Miss>>;  // by question

void add_misses(const PoolData& pool, const std::string& group, const RowIndices& rows,
                const Belief& belief, const std::set<Asked>& asked, bool known_device,
                Misses& misses) {
  std::map<std::string, RowIndices> by_question;
  for (const std::size_t i : rows) by_question[question_of(pool.rows[i])].push_back(i);
  for (const auto& [question, theirs] : by_question) {
    if (asked.count({question, known_device}) == 0) continue;
    const RowIndices scored = thinned(theirs, kRowsPerGroup);
    // Between "each group alike", which asks about the next device, and "each row alike", where one
    // much-measured machine sets the width.
    constexpr double kPower = 0.75;
    const double weight =
        std::pow(static_cast<double>(theirs.size()), kPower) / static_cast<double>(scored.size());
    for (const std::size_t i : scored) {
      const double ln = ln_predicted(pool.fit_rows[i], belief.parameters, nullptr);
      misses[question].push_back({.ln_ratio = pool.fit_rows[i].ln_seconds - ln,
                                  .offsets = offsets_of(pool.fit_rows[i], belief, ln),
                                  .weight = weight,
                                  .group = group});
    }
  }
}

void add_misfits(const PoolData& pool, const std::vector<std::uint8_t>& included,
                 const std::set<Asked>& asked, Posterior& posterior, bool known_device,
                 double otherwise, ops::Uncertainty& uncertainty) {
  Misses misses;
  for (const auto& [group, rows] : groups_of(pool, included, asked, known_device)) {
    Belief belief = posterior.without(rows);
    forget_sources_in(pool.design(), belief);
    add_misses(pool, group, rows, belief, asked, known_device, misses);
  }
  for (const auto& [question, theirs] : misses) {
    const ops::Draws noise = ops::noise_of(uncertainty, question, otherwise).draws();
    uncertainty.misfits[ops::misfit_key(question, known_device)] = misfit_of(theirs, noise);
  }
}

}  // namespace

std::string question_of(const PoolRow& row) {
  if (row.decode != nullptr) return std::string(ops::kStepQuestion);
  return std::string(ops::text_of(row.kernel->loads.ops.front().family));
}

std::set<Asked> all_asked(const PoolData& pool) {
  std::set<Asked> asked;
  for (const PoolRow& row : pool.rows) {
    if (!row.fitted) continue;
    for (const bool known : {false, true}) asked.insert({question_of(row), known});
  }
  return asked;
}

std::set<std::string> devices_of(const PoolData& pool, const std::vector<std::uint8_t>& included,
                                 bool kernels) {
  std::set<std::string> devices;
  for (std::size_t i = 0; i < pool.rows.size(); ++i) {
    if (included[i] != 0 && (pool.rows[i].kernel != nullptr) == kernels) {
      devices.insert(device_key(pool.rows[i]));
    }
  }
  return devices;
}

Doubts doubts_of(const PoolData& pool, const std::vector<std::uint8_t>& included, const Fit& fit,
                 const std::set<Asked>& asked) {
  const Design& design = pool.design();
  Posterior posterior(pool.fit_rows, included, {.spreads = fit.spreads, .noise = fit.noise},
                      fit.parameters);
  Doubts doubts;
  doubts.belief = {.parameters = fit.parameters, .draws = posterior.draws()};
  for (std::size_t p = 0; p < design.names.size(); ++p) {
    // A key that no row speaks of: the same draws wherever it is asked about, by its name.
    if (fit.rows[p] > 0.0) continue;
    doubts.belief.draws[p] = ops::standard_draws(fnv1a(design.names[p]));
    for (double& draw : doubts.belief.draws[p]) draw *= fit.spreads[p];
  }
  forget_sources_in(design, doubts.belief);
  ops::Uncertainty& uncertainty = doubts.uncertainty;
  for (std::size_t p = 0; p < design.names.size(); ++p) {
    if (design.level[p] < 0) continue;
    uncertainty.spreads[design.level_names[static_cast<std::size_t>(design.level[p])]] =
        fit.spreads[p];
  }
  for (std::size_t i = 0; i < pool.rows.size(); ++i) {
    if (included[i] == 0) continue;
    ops::DeviceRows& rows = uncertainty.devices[device_key(pool.rows[i])];
    (pool.rows[i].decode != nullptr ? rows.steps : rows.kernels) += 1.0;
  }
  uncertainty.noise["step"] = source_noise(pool, included, fit, false);
  uncertainty.noise["kernel"] = source_noise(pool, included, fit, true);
  for (const bool known : {false, true}) {
    add_misfits(pool, included, asked, posterior, known, fit.scale, uncertainty);
  }
  return doubts;
}

sim::Doubt doubt_of_row(const PoolData& pool, std::size_t row, const Doubts& doubts,
                        double ln_point, bool known_device) {
  const std::string question = question_of(pool.rows[row]);
  return {.offsets = offsets_of(pool.fit_rows[row], doubts.belief, ln_point),
          .noise = ops::noise_of(doubts.uncertainty, question, 0.1).draws(),
          .misfit = ops::misfit_of(doubts.uncertainty, question, known_device)};
}

}  // namespace foretoken::calibrate
