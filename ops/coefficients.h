#pragma once

/// Fitted parameters of each pool and what they give in a context: the coefficients of the law for
/// one operator on one device under one runtime, with where each came from.

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ops/law_spec.h"
#include "ops/roofline.h"
#include "ops/uncertainty.h"

namespace foretoken::ops {

/// One beta of the log-linear law.
struct Parameter {
  double value = 0.0;
  double deviation = 0.0;  ///< posterior standard deviation, Laplace
  double rows = 0.0;       ///< measured rows that this beta took part in
  /// The first half of the draws of the joint posterior, less the value; the second half mirrors
  /// it. Empty: known by its deviation alone.
  std::vector<float> draws;
};

struct PoolCoefficients {
  LawSpec law;
  std::unordered_map<std::string, Parameter> parameters;
  Uncertainty uncertainty;
  double rows = 0.0;
};

/// Where a coefficient's value comes from, finest level first.
enum class Basis : std::uint8_t { Device, Sibling, Class, Datasheet };
std::string_view text_of(Basis basis);

struct ResolvedCoefficient {
  double value = 0.0;
  double deviation = 0.0;  ///< of ln value, from the terms' own deviations and spreads
  Basis basis = Basis::Datasheet;
  double rows = 0.0;  ///< rows behind the finest level that has any
};

/// How far keys of the term's level lie apart: as estimated, or as the law file states it.
double spread_of(const PoolCoefficients& pool, const Term& term);

/// Value of one coefficient of the pool in a context; nullopt when the pool's law has no such roof.
std::optional<ResolvedCoefficient> resolve(const PoolCoefficients& pool, CoefficientId id,
                                           const Context& context);
/// `step.issue` of a step whose launches the host issues one by one; nothing under a captured
/// graph.
std::optional<ResolvedCoefficient> resolve_issue(const PoolCoefficients& pool,
                                                 const Context& context);

/// All coefficients of one family in a context (the context already holds the operator's format).
struct ResolvedLaw {
  LawCoefficients<double> law;
  std::array<Basis, kSlots> basis;  ///< of each slot's coefficient
  std::array<double, kSlots> rows{};
};
ResolvedLaw resolve_law(const PoolCoefficients& pool, Family family, const Context& context);

/// Pools by name.
class CoefficientTable {
 public:
  void add(PoolCoefficients pool);
  const PoolCoefficients* find(std::string_view pool) const;
  const std::map<std::string, PoolCoefficients, std::less<>>& pools() const { return pools_; }

 private:
  std::map<std::string, PoolCoefficients, std::less<>> pools_;
};

}  // namespace foretoken::ops
