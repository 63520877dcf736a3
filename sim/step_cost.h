#pragma once

/// The price of a step: the law with fitted coefficients over the step's loads.

#include <string>
#include <vector>

#include "base/quantity.h"
#include "ops/coefficients.h"
#include "sim/step_loads.h"

namespace foretoken::sim {

/// What an operator's time is mostly spent on.
enum class Bound : std::uint8_t { Memory, Cache, Core, Serial, Compute, Link, Launch, Host };
std::string_view text_of(Bound bound);

struct OpCost {
  Seconds time{};    ///< of all its repeats
  Seconds launch{};  ///< part of `time` that is launches
  Bound bound = Bound::Launch;
  ops::Basis basis = ops::Basis::Datasheet;  ///< of the coefficient that bounds it
  double rows = 0;                           ///< measured rows behind the basis
};

struct StepCost {
  Seconds time{};
  Seconds host{};
  ops::Basis host_basis = ops::Basis::Datasheet;  ///< of its larger part
  double host_rows = 0;
  std::vector<OpCost> ops;  ///< parallel to the loads' operators
};

/// Which pool prices which family: collectives come from `links` where the pool has none of its
/// own.
struct Pricing {
  const ops::PoolCoefficients* pool = nullptr;
  const ops::PoolCoefficients* links = nullptr;
};

const ops::PoolCoefficients& pool_for(const Pricing& pricing, ops::Family family);

/// One engine, one stream: operators run one after another.
StepCost step_cost(const StepLoads& step, const Pricing& pricing);

}  // namespace foretoken::sim
