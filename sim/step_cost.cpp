#include "sim/step_cost.h"

#include <array>
#include <map>
#include <utility>

namespace foretoken::sim {
namespace {

using LawKey = std::pair<ops::Family, std::size_t>;

const ops::PoolCoefficients& pool_for(const Pricing& pricing, ops::Family family) {
  const bool borrowed =
      family == ops::Family::AllReduce && pricing.links != nullptr &&
      pricing.pool->law.find(ops::coefficient(family, ops::Slot::Launch)) == nullptr;
  return borrowed ? *pricing.links : *pricing.pool;
}

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

}  // namespace

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
    cost.ops.push_back({.time = time,
                        .launch = Seconds::of(op.load.launches * resolved.law.launch * op.repeat),
                        .bound = bound_of(op.load, resolved.law),
                        .basis = resolved.basis,
                        .rows = resolved.rows});
  }
  if (const auto issue = ops::resolve(*pricing.pool, ops::kStepIssue, step.contexts.front())) {
    // What the device waits for the host to issue launches counts as the host's.
    const Seconds queued = Seconds::of(ops::queued_time(cost.time.base(), launches * issue->value));
    cost.host = queued - cost.time;
    cost.time = queued;
  }
  if (const auto host = ops::resolve(*pricing.pool, ops::kStepHost, step.contexts.front())) {
    cost.host += Seconds::of(host->value);
    cost.time += Seconds::of(host->value);
  }
  if (const auto each = ops::resolve(*pricing.pool, ops::kStepSequence, step.contexts.front())) {
    const Seconds sequences = Seconds::of(each->value * step.sequences);
    cost.host += sequences;
    cost.time += sequences;
  }
  return cost;
}

}  // namespace foretoken::sim
