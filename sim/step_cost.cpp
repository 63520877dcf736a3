#include "sim/step_cost.h"

#include <array>
#include <map>
#include <utility>

namespace foretoken::sim {
namespace {

using LawKey = std::pair<ops::Family, std::size_t>;

/// The largest part of the operator's time.
Bound bound_of(const ops::Load& load, const ops::LawCoefficients<double>& law) {
  Bound bound = Bound::Launch;
  double largest = load.launches * law.launch;
  const auto consider = [&](Bound candidate, double time) {
    if (time <= largest) return;
    largest = time;
    bound = candidate;
  };
  consider(Bound::Memory, load.memory.base() / law.dram);
  consider(Bound::Cache, load.cache.base() / law.llc);
  if (law.has_core) consider(Bound::Core, load.core.base() / law.core);
  if (law.has_serial) consider(Bound::Serial, load.serial.base() * law.serial);
  consider(Bound::Compute, load.flop.base() / law.flop);
  consider(Bound::Link, load.link.base() / law.link);
  return bound;
}

/// The coefficient that decides a time so bound.
ops::Slot slot_of(Bound bound) {
  switch (bound) {
    case Bound::Memory:
      return ops::Slot::Dram;
    case Bound::Cache:
      return ops::Slot::Llc;
    case Bound::Core:
      return ops::Slot::Core;
    case Bound::Serial:
      return ops::Slot::Serial;
    case Bound::Compute:
      return ops::Slot::Flop;
    case Bound::Link:
      return ops::Slot::Link;
    case Bound::Launch:
    case Bound::Host:
      break;
  }
  return ops::Slot::Launch;
}

}  // namespace

const ops::PoolCoefficients& pool_for(const Pricing& pricing, ops::Family family) {
  const bool borrowed =
      family == ops::Family::AllReduce && pricing.links != nullptr &&
      pricing.pool->law.find(ops::coefficient(family, ops::Slot::Launch)) == nullptr;
  return borrowed ? *pricing.links : *pricing.pool;
}

std::string_view text_of(Bound bound) {
  constexpr std::array<std::string_view, 8> kNames{"memory",  "cache", "core",   "serial",
                                                   "compute", "link",  "launch", "host"};
  return kNames[static_cast<std::size_t>(bound)];
}

StepCost step_cost(const StepLoads& step, const Pricing& pricing) {
  StepCost cost;
  double launches = 0.0;
  std::map<LawKey, ops::ResolvedLaw> laws;
  for (const OpLoad& op : step.ops) {
    const LawKey key{op.family, op.context};
    auto found = laws.find(key);
    if (found == laws.end()) {
      found = laws.emplace(key, ops::resolve_law(pool_for(pricing, op.family), op.family,
                                                 step.contexts[op.context]))
                  .first;
    }
    const ops::ResolvedLaw& resolved = found->second;
    const Seconds time = ops::op_time(op.load, resolved.law) * op.repeat;
    launches += op.load.launches * op.repeat;
    cost.time += time;
    const Bound bound = bound_of(op.load, resolved.law);
    const auto slot = static_cast<std::size_t>(slot_of(bound));
    cost.ops.push_back({.time = time,
                        .launch = Seconds::of(op.load.launches * resolved.law.launch * op.repeat),
                        .bound = bound,
                        .basis = resolved.basis[slot],
                        .rows = resolved.rows[slot]});
  }
  if (const auto issue = ops::resolve_issue(*pricing.pool, step.contexts.front())) {
    // What the device waits for the host to issue launches counts as the host's.
    const Seconds queued = Seconds::of(ops::queued_time(cost.time.base(), launches * issue->value));
    cost.host = queued - cost.time;
    cost.host_basis = issue->basis;
    cost.host_rows = issue->rows;
    cost.time = queued;
  }
  if (const auto host = ops::resolve(*pricing.pool, ops::kStepHost, step.contexts.front())) {
    if (host->value >= cost.host.base()) {
      cost.host_basis = host->basis;
      cost.host_rows = host->rows;
    }
    cost.host += Seconds::of(host->value);
    cost.time += Seconds::of(host->value);
  }
  if (const auto each = ops::resolve(*pricing.pool, ops::kStepSequence, step.contexts.front())) {
    const Seconds sequences = Seconds::of(each->value * step.sequences);
    cost.host += sequences;
    cost.time += sequences;
  }
  if (const auto scale = ops::resolve(*pricing.pool, ops::kStepScale, step.contexts.front())) {
    for (OpCost& op : cost.ops) {
      op.time *= scale->value;
      op.launch *= scale->value;
    }
    cost.host *= scale->value;
    cost.time *= scale->value;
  }
  return cost;
}

}  // namespace foretoken::sim
