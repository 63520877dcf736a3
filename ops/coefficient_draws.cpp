#include "ops/coefficient_draws.h"

#include <cmath>

#include "base/hash.h"

namespace foretoken::ops {
namespace {

/// Adds `deviation` times the standard normal draws that belong to the parameter's name.
void add_own(const std::string& name, double deviation, Draws& sum) {
  const Draws draws = standard_draws(fnv1a(name));
  for (std::size_t d = 0; d < sum.size(); ++d) sum[d] += deviation * draws[d];
}

}  // namespace

Draws ln_offsets(const PoolCoefficients& pool, CoefficientId id, const Context& context) {
  Draws sum{};
  const CoefficientSpec* const spec = pool.law.find(id);
  if (spec == nullptr) return sum;
  std::vector<Term> terms;
  terms_of(pool.law, *spec, context, terms);
  for (const Term& term : terms) {
    const auto found = pool.parameters.find(term.parameter);
    if (found == pool.parameters.end()) {
      add_own(term.parameter, term.weight * spread_of(pool, term), sum);
    } else if (found->second.draws.empty()) {
      add_own(term.parameter, term.weight * found->second.deviation, sum);
    } else {
      for (std::size_t d = 0; d < kHalfDraws; ++d) {
        const double moved = term.weight * static_cast<double>(found->second.draws[d]);
        sum[d] += moved;
        sum[d + kHalfDraws] -= moved;
      }
    }
  }
  return sum;
}

std::vector<LawCoefficients<double>> draw_law(const PoolCoefficients& pool, Family family,
                                              const Context& context,
                                              const LawCoefficients<double>& point) {
  std::vector<LawCoefficients<double>> laws(kDraws, point);
  const auto move = [&](CoefficientId id, double LawCoefficients<double>::*value) {
    if (pool.law.find(id) == nullptr) return;
    const Draws offsets = ln_offsets(pool, id, context);
    for (std::size_t d = 0; d < laws.size(); ++d) laws[d].*value *= std::exp(offsets[d]);
  };
  using Law = LawCoefficients<double>;
  move(coefficient(family, Slot::Launch), &Law::launch);
  move(coefficient(family, Slot::Ramp), &Law::ramp);
  move(coefficient(family, Slot::Dram), &Law::dram);
  move(coefficient(family, Slot::Llc), &Law::llc);
  move(coefficient(family, Slot::Core), &Law::core);
  move(coefficient(family, Slot::Serial), &Law::serial);
  move(coefficient(family, Slot::Flop), &Law::flop);
  move(coefficient(family, Slot::Link), &Law::link);
  move(kStepSharpness, &Law::sharpness);
  return laws;
}

}  // namespace foretoken::ops
