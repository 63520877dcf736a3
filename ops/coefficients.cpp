#include "ops/coefficients.h"

#include <array>
#include <cmath>
#include <utility>

namespace foretoken::ops {
namespace {

/// A term of the device itself, of its kind (architecture, generation, ISA), or of the whole class.
Basis basis_of(const std::string& parameter) {
  if (parameter.find("device=") != std::string::npos) return Basis::Device;
  for (const char* level : {"architecture=", "generation=", "isa=", "vendor="}) {
    if (parameter.find(level) != std::string::npos) return Basis::Sibling;
  }
  return Basis::Class;
}

}  // namespace

std::string_view text_of(Basis basis) {
  constexpr std::array<std::string_view, 4> kNames{"this device", "sibling", "class", "datasheet"};
  return kNames[static_cast<std::size_t>(basis)];
}

double spread_of(const PoolCoefficients& pool, const Term& term) {
  const auto found = pool.uncertainty.spreads.find(level_name(term.id, *term.level));
  return found == pool.uncertainty.spreads.end() ? term.level->spread : found->second;
}

std::optional<ResolvedCoefficient> resolve(const PoolCoefficients& pool, CoefficientId id,
                                           const Context& context) {
  const CoefficientSpec* const spec = pool.law.find(id);
  if (spec == nullptr) return std::nullopt;
  std::vector<Term> terms;
  double ln_value = terms_of(pool.law, *spec, context, terms);
  double variance = 0.0;
  ResolvedCoefficient resolved;
  for (const Term& term : terms) {
    const auto found = pool.parameters.find(term.parameter);
    if (found == pool.parameters.end()) {
      const double spread = spread_of(pool, term);
      variance += term.weight * term.weight * spread * spread;
      continue;
    }
    const Parameter& parameter = found->second;
    ln_value += term.weight * parameter.value;
    variance += term.weight * term.weight * parameter.deviation * parameter.deviation;
    const Basis basis = basis_of(term.parameter);
    if (parameter.rows > 0.0 && (basis < resolved.basis || resolved.rows == 0.0)) {
      resolved.basis = basis;
      resolved.rows = parameter.rows;
    }
  }
  resolved.value = std::exp(ln_value);
  resolved.deviation = std::sqrt(variance);
  return resolved;
}

ResolvedLaw resolve_law(const PoolCoefficients& pool, Family family, const Context& context) {
  ResolvedLaw result;
  result.basis.fill(Basis::Datasheet);
  const auto value = [&](Slot slot, double otherwise) {
    const auto resolved = resolve(pool, coefficient(family, slot), context);
    if (!resolved) return otherwise;
    result.basis[static_cast<std::size_t>(slot)] = resolved->basis;
    result.rows[static_cast<std::size_t>(slot)] = resolved->rows;
    return resolved->value;
  };
  LawCoefficients<double>& law = result.law;
  law.launch = value(Slot::Launch, 0.0);
  law.ramp = value(Slot::Ramp, 0.0);
  law.dram = value(Slot::Dram, 1.0);
  law.llc = value(Slot::Llc, law.dram);
  law.core = value(Slot::Core, 0.0);
  law.serial = value(Slot::Serial, 0.0);
  law.flop = value(Slot::Flop, 1.0);
  law.link = value(Slot::Link, 1.0);
  law.has_ramp = law.ramp > 0.0;
  law.has_core = law.core > 0.0;
  law.has_serial = law.serial > 0.0;
  if (const auto sharpness = resolve(pool, kStepSharpness, context)) {
    law.sharpness = sharpness->value;
  }
  return result;
}

void CoefficientTable::add(PoolCoefficients pool) {
  pools_.insert_or_assign(pool.law.pool, std::move(pool));
}

const PoolCoefficients* CoefficientTable::find(std::string_view pool) const {
  const auto found = pools_.find(pool);
  return found == pools_.end() ? nullptr : &found->second;
}

std::optional<ResolvedCoefficient> resolve_issue(const PoolCoefficients& pool,
                                                 const Context& context) {
  if (!issues_launches(context)) return std::nullopt;
  return resolve(pool, kStepIssue, context);
}

}  // namespace foretoken::ops
