#include "calibrate/design_builder.h"

#include <cmath>

#include "ops/context.h"

namespace foretoken::calibrate {
namespace {

using ops::Slot;

constexpr std::array<Slot, kLawInputs - 1> kSlots{Slot::Launch, Slot::Ramp, Slot::Dram,
                                                  Slot::Llc,    Slot::Core, Slot::Serial,
                                                  Slot::Flop,   Slot::Link};

/// Whether a roof's load is there at all; a coefficient without load would be a free parameter.
bool takes_part(Slot slot, const ops::Load& load) {
  switch (slot) {
    case Slot::Launch:
      return load.launches > 0;
    case Slot::Ramp:
      return (load.memory + load.cache).base() > 0;
    case Slot::Dram:
      return load.memory.base() > 0;
    case Slot::Llc:
      return load.cache.base() > 0;
    case Slot::Core:
      return load.core.base() > 0;
    case Slot::Serial:
      return load.serial.base() > 0;
    case Slot::Flop:
      return load.flop.base() > 0;
    case Slot::Link:
      return load.link.base() > 0;
  }
  return false;
}

bool same_load(const ops::Load& a, const ops::Load& b) {
  return a.memory == b.memory && a.cache == b.cache && a.core == b.core && a.flop == b.flop &&
         a.link == b.link && a.serial == b.serial && a.launches == b.launches;
}

/// Equal operators of different layer kinds are priced once.
void add_op(FitRow& row, const FitOp& op) {
  for (FitOp& other : row.ops) {
    if (other.input == op.input && same_load(other.load, op.load)) {
      other.repeat += op.repeat;
      return;
    }
  }
  row.ops.push_back(op);
}

}  // namespace

int DesignBuilder::level_index(const ops::CoefficientSpec& spec, std::size_t level) {
  std::string name = ops::level_name(spec.id, spec.levels[level]);
  const auto [found, added] = levels_.try_emplace(name, design_.levels);
  if (added) {
    ++design_.levels;
    design_.level_names.push_back(std::move(name));
  }
  return found->second;
}

int DesignBuilder::parameter(const ops::CoefficientSpec& spec, const ops::LevelSpec& level,
                             const std::string& name) {
  const auto [found, added] = parameters_.try_emplace(name, static_cast<int>(design_.names.size()));
  if (!added) return found->second;
  design_.names.push_back(name);
  design_.spread.push_back(level.spread);
  // The pool's own value and its covariates' slopes are single numbers: nothing to estimate a
  // spread from.
  const auto index = static_cast<std::size_t>(&level - spec.levels.data());
  design_.level.push_back(level.attributes.empty() ? -1 : level_index(spec, index));
  return found->second;
}

void DesignBuilder::add_terms(const ops::CoefficientSpec& spec, const ops::Context& context,
                              FitCoefficient& coefficient) {
  coefficient.ln_prior += std::log(spec.prior);
  if (spec.of) add_terms(*law_.find(*spec.of), context, coefficient);
  for (const ops::LevelSpec& level : spec.levels) {
    const auto term = ops::term_of(spec, level, context);
    if (term) coefficient.terms.emplace_back(parameter(spec, level, term->parameter), term->weight);
  }
}

int DesignBuilder::coefficient(FitRow& row, std::unordered_map<std::uint64_t, int>& seen,
                               ops::CoefficientId id, std::size_t context_index,
                               const ops::Context& context) {
  const ops::CoefficientSpec* const spec = law_.find(id);
  if (spec == nullptr) return -1;
  const std::uint64_t key = context_index * 1024 + static_cast<std::uint64_t>(id);
  const auto [found, added] = seen.try_emplace(key, static_cast<int>(row.coefficients.size()));
  if (added) {
    FitCoefficient coefficient{.id = id};
    add_terms(*spec, context, coefficient);
    row.coefficients.push_back(std::move(coefficient));
  }
  return found->second;
}

int DesignBuilder::source_index(const std::string& source) {
  const auto [found, added] = sources_.try_emplace(source, design_.sources);
  if (added) ++design_.sources;
  return found->second;
}

FitRow DesignBuilder::row(const sim::StepLoads& step, double seconds, double weight,
                          bool with_host) {
  FitRow row;
  row.ln_seconds = std::log(seconds);
  row.weight = weight;
  row.source = source_index(step.contexts.front()[ops::Attribute::Source]);
  std::unordered_map<std::uint64_t, int> seen;
  for (const sim::OpLoad& op : step.ops) {
    const ops::Context& context = step.contexts[op.context];
    FitOp fit{.load = op.load, .repeat = op.repeat};
    for (std::size_t i = 0; i < kSlots.size(); ++i) {
      fit.input[i] = static_cast<std::int16_t>(
          takes_part(kSlots[i], op.load)
              ? coefficient(row, seen, ops::coefficient(op.family, kSlots[i]), op.context, context)
              : -1);
    }
    fit.input[kLawInputs - 1] = static_cast<std::int16_t>(
        coefficient(row, seen, ops::kStepSharpness, 0, step.contexts.front()));
    add_op(row, fit);
  }
  for (const sim::OpLoad& op : step.ops) row.launches += op.load.launches * op.repeat;
  if (with_host) {
    if (ops::issues_launches(step.contexts.front())) {
      row.issue = coefficient(row, seen, ops::kStepIssue, 0, step.contexts.front());
    }
    row.host = coefficient(row, seen, ops::kStepHost, 0, step.contexts.front());
    row.sequence = coefficient(row, seen, ops::kStepSequence, 0, step.contexts.front());
    row.sequences = step.sequences;
    row.scale = coefficient(row, seen, ops::kStepScale, 0, step.contexts.front());
  }
  return row;
}

FitRow DesignBuilder::energy_row(const sim::StepEnergyLoads& step, double joules, double weight) {
  FitRow row;
  row.ln_seconds = std::log(joules);
  row.weight = weight;
  row.source = source_index(step.contexts.front()[ops::Attribute::Source]);
  std::unordered_map<std::uint64_t, int> seen;
  for (const sim::EnergyLoad& load : step.loads) {
    FitOp fit{.load = {.launches = load.amount}};
    fit.input.fill(-1);
    fit.input[static_cast<std::size_t>(LawInput::Launch)] = static_cast<std::int16_t>(coefficient(
        row, seen, ops::coefficient(load.term), load.context, step.contexts[load.context]));
    row.ops.push_back(fit);
  }
  if (step.rated > 0.0) {
    row.cap = coefficient(row, seen, ops::kEnergyCap, 0, step.contexts.front());
    row.cap_amount = step.rated;
  }
  row.scale = coefficient(row, seen, ops::kEnergyScope, 0, step.contexts.front());
  return row;
}

}  // namespace foretoken::calibrate
