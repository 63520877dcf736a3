#include "sim/step_draws.h"

#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "ops/coefficient_draws.h"

namespace foretoken::sim {
namespace {

using LawDraws = std::vector<ops::LawCoefficients<double>>;

LawDraws drawn(const ops::PoolCoefficients& pool, ops::Family family, const ops::Context& context) {
  return ops::draw_law(pool, family, context, ops::resolve_law(pool, family, context).law);
}

/// ln of each draw's seconds less ln of the point's; a step that takes no time has no doubt.
ops::Draws offsets_of(const ops::Draws& seconds, double point) {
  ops::Draws offsets{};
  if (!(point > 0.0)) return offsets;
  for (std::size_t d = 0; d < seconds.size(); ++d) offsets[d] = std::log(seconds[d] / point);
  return offsets;
}

Doubt doubt_of(const ops::PoolCoefficients& pool, const ops::Draws& offsets,
               std::string_view question, bool known_device) {
  return {.offsets = offsets,
          .noise = ops::noise_of(pool.uncertainty, question, pool.law.loss_scale).draws(),
          .misfit = ops::misfit_of(pool.uncertainty, question, known_device)};
}

}  // namespace

Doubt step_doubt(const StepLoads& step, const Pricing& pricing, const StepCost& cost,
                 bool known_device) {
  std::map<std::pair<ops::Family, std::size_t>, LawDraws> laws;
  ops::Draws seconds{};
  double launches = 0.0;
  for (const OpLoad& op : step.ops) {
    launches += op.load.launches * op.repeat;
    const auto [found, added] = laws.try_emplace({op.family, op.context});
    if (added) {
      found->second = drawn(pool_for(pricing, op.family), op.family, step.contexts[op.context]);
    }
    for (std::size_t d = 0; d < seconds.size(); ++d) {
      seconds[d] += ops::op_time(op.load, found->second[d]).base() * op.repeat;
    }
  }
  const ops::Context& whole = step.contexts.front();
  if (const auto issue = ops::resolve_issue(*pricing.pool, whole)) {
    const ops::Draws moved = ops::ln_offsets(*pricing.pool, ops::kStepIssue, whole);
    for (std::size_t d = 0; d < seconds.size(); ++d) {
      seconds[d] = ops::queued_time(seconds[d], launches * issue->value * std::exp(moved[d]));
    }
  }
  if (const auto host = ops::resolve(*pricing.pool, ops::kStepHost, whole)) {
    const ops::Draws moved = ops::ln_offsets(*pricing.pool, ops::kStepHost, whole);
    for (std::size_t d = 0; d < seconds.size(); ++d) {
      seconds[d] += host->value * std::exp(moved[d]);
    }
  }
  if (const auto each = ops::resolve(*pricing.pool, ops::kStepSequence, whole)) {
    const ops::Draws moved = ops::ln_offsets(*pricing.pool, ops::kStepSequence, whole);
    for (std::size_t d = 0; d < seconds.size(); ++d) {
      seconds[d] += step.sequences * each->value * std::exp(moved[d]);
    }
  }
  if (const auto scale = ops::resolve(*pricing.pool, ops::kStepScale, whole)) {
    const ops::Draws moved = ops::ln_offsets(*pricing.pool, ops::kStepScale, whole);
    for (std::size_t d = 0; d < seconds.size(); ++d)
      seconds[d] *= scale->value * std::exp(moved[d]);
  }
  return doubt_of(*pricing.pool, offsets_of(seconds, cost.time.base()), ops::kStepQuestion,
                  known_device);
}

Doubt op_doubt(const ops::Load& load, const ops::PoolCoefficients& pool, ops::Family family,
               const ops::Context& context, bool known_device) {
  const ops::ResolvedLaw point = ops::resolve_law(pool, family, context);
  const LawDraws laws = ops::draw_law(pool, family, context, point.law);
  ops::Draws seconds{};
  for (std::size_t d = 0; d < seconds.size(); ++d) {
    seconds[d] = ops::op_time(load, laws[d]).base();
  }
  return doubt_of(pool, offsets_of(seconds, ops::op_time(load, point.law).base()),
                  ops::text_of(family), known_device);
}

}  // namespace foretoken::sim
