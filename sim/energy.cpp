#include "sim/energy.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "ops/coefficient_draws.h"
#include "ops/energy.h"

namespace foretoken::sim {
namespace {

/// One term of the sum: its joules, and how they move in the draws.
struct Term {
  ops::EnergyTerm kind = ops::EnergyTerm::Static;
  double joules = 0;
  ops::Draws moved{};
  ops::Basis basis = ops::Basis::Datasheet;
};

std::string scope_of(const Request& request) {
  return request.power_scope.empty() ? usual_scope(*request.device) : request.power_scope;
}

bool grows_with_time(ops::EnergyTerm kind) {
  return kind == ops::EnergyTerm::Static || kind == ops::EnergyTerm::Waiting ||
         kind == ops::EnergyTerm::Host;
}

double value_of(const ops::PoolCoefficients& pool, ops::CoefficientId id,
                const ops::Context& context) {
  const auto found = ops::resolve(pool, id, context);
  return found ? found->value : 1.0;
}

/// A meter on the chip's own rails or on a package does not see the memory beside it.
bool sees_memory(const std::string& scope) {
  return scope == "gpu" || scope == "board" || scope == "wall";
}

/// The terms of the sum, before what the scope makes of them. Where the meter sees the memory, a
/// byte costs no less than its memory device takes.
std::vector<Term> terms_of(const StepEnergyLoads& loads, const std::string& scope,
                           const ops::PoolCoefficients& pool) {
  const double least = sees_memory(scope) ? ops::kLeastByteMultiple : 0.0;
  std::vector<Term> terms;
  for (const EnergyLoad& load : loads.loads) {
    const ops::CoefficientId id = ops::coefficient(load.term);
    const ops::Context& context = loads.contexts[load.context];
    const auto price = ops::resolve(pool, id, context);
    if (!price) continue;
    const bool moves_bytes =
        load.term == ops::EnergyTerm::Byte || load.term == ops::EnergyTerm::State;
    const double value = moves_bytes ? std::max(price->value, least) : price->value;
    terms.push_back(
        {load.term, load.amount * value, ops::ln_offsets(pool, id, context), price->basis});
  }
  return terms;
}

void add_to(EnergySplit& split, ops::EnergyTerm kind, Joules joules) {
  using enum ops::EnergyTerm;
  switch (kind) {
    case Static:
      split.idle += joules;
      break;
    case Waiting:
      split.waiting += joules;
      break;
    case Host:
      split.host += joules;
      break;
    case Byte:
    case State:
      split.memory += joules;
      break;
    case Unpacking:
      split.unpacking += joules;
      break;
    case Flop:
    case ExpertFlop:
      split.arithmetic += joules;
      break;
  }
}

template <typename Q>
Estimate<Q> estimate(Q point, const Doubt& doubt, double level) {
  const LogInterval log = log_interval(doubt, level);
  return {.point = point,
          .lo = point * std::exp(log.lo),
          .hi = point * std::exp(log.hi),
          .level = level};
}

}  // namespace

std::string usual_scope(const hwdb::Device& device) {
  switch (device.device_class) {
    case hwdb::DeviceClass::Gpu:
      return "gpu";
    case hwdb::DeviceClass::Npu:
      return "chip";
    default:
      return "soc";
  }
}

ops::Draws time_moves(const Doubt& time) {
  constexpr std::uint64_t kSeed = 0x656e65726779;  // draws of its own: time's noise is not energy's
  const ops::Draws noise = ops::standard_draws(kSeed);
  ops::Draws moves{};
  for (std::size_t d = 0; d < moves.size(); ++d) {
    moves[d] = time.misfit.scale * (time.offsets[d] + time.noise[d] * noise[d]);
  }
  return moves;
}

Seconds held_to_limit(const StepLoads& step, const Request& request, Seconds seconds,
                      const ops::PoolCoefficients& pool) {
  if (!request.power_limit) return seconds;
  const StepEnergyLoads loads =
      energy_loads(step, request, request.ranks, seconds.base(), scope_of(request));
  double lasting = 0.0;
  double spent = 0.0;
  for (const Term& term : terms_of(loads, scope_of(request), pool)) {
    (grows_with_time(term.kind) ? lasting : spent) += term.joules;
  }
  // Of one device, where the limit's meter reads it.
  const double scope = value_of(pool, ops::kEnergyScope, loads.contexts.front()) / request.ranks;
  const double idle = scope * lasting / seconds.base();
  const double limit = request.power_limit->base();
  if (limit <= idle) {
    throw Error(
        fmt::format("a power limit of {:.3g} W is not above the {:.3g} W that '{}' takes "
                    "with nothing to do",
                    limit, idle, request.device->id));
  }
  return std::max(seconds, Seconds::of(scope * spent / (limit - idle)));
}

EnergyReport predict_energy(const StepLoads& step, const Request& request, Seconds seconds,
                            const Doubt& time, const ops::PoolCoefficients& pool, double level) {
  EnergyReport report;
  report.scope = scope_of(request);
  const StepEnergyLoads loads =
      energy_loads(step, request, request.ranks, seconds.base(), report.scope);
  const ops::Context& whole = loads.contexts.front();
  const std::vector<Term> terms = terms_of(loads, report.scope, pool);
  const double scope = value_of(pool, ops::kEnergyScope, whole);
  // Under a limit the time has been stretched to keep it.
  const double cap =
      request.power_limit ? 0.0 : loads.rated * value_of(pool, ops::kEnergyCap, whole);
  double sum = 0.0;
  for (const Term& term : terms) sum += term.joules;
  const double joules = scope * std::exp(ops::capped_energy(sum, cap).ln_joules);

  const ops::Draws moved_scope = ops::ln_offsets(pool, ops::kEnergyScope, whole);
  const ops::Draws moved_cap = ops::ln_offsets(pool, ops::kEnergyCap, whole);
  const ops::Draws moved_time = time_moves(time);
  Doubt energy;
  Doubt power;
  for (std::size_t d = 0; d < energy.offsets.size(); ++d) {
    double drawn = 0.0;
    for (const Term& term : terms) {
      const double with_time = grows_with_time(term.kind) ? moved_time[d] : 0.0;
      drawn += term.joules * std::exp(term.moved[d] + with_time);
    }
    const double drawn_cap = cap * std::exp(moved_cap[d] + moved_time[d]);
    const double ln = ops::capped_energy(drawn, drawn_cap).ln_joules + moved_scope[d];
    energy.offsets[d] = ln - std::log(joules / scope);
    power.offsets[d] = energy.offsets[d] - moved_time[d];
    // A device that would take more than it is let slows down, at the same power.
    if (request.power_limit) power.offsets[d] = std::min(power.offsets[d], 0.0);
  }
  const auto device = request.device_changed ? pool.uncertainty.devices.end()
                                             : pool.uncertainty.devices.find(request.device->id);
  report.rows = device == pool.uncertainty.devices.end() ? 0.0 : device->second.steps;
  energy.noise = ops::noise_of(pool.uncertainty, ops::kStepQuestion, pool.law.loss_scale).draws();
  energy.misfit = ops::misfit_of(pool.uncertainty, ops::kStepQuestion, report.rows > 0.0);
  power.noise = energy.noise;
  power.misfit = energy.misfit;

  report.per_token = estimate(Joules::of(joules / request.batch), energy, level);
  report.power = estimate(Watts::of(joules / seconds.base()), power, level);
  if (request.power_limit) {
    report.power.hi = std::min(report.power.hi, *request.power_limit * request.ranks);
  }
  const auto largest = std::max_element(
      terms.begin(), terms.end(), [](const Term& a, const Term& b) { return a.joules < b.joules; });
  if (largest != terms.end()) report.basis = ops::text_of(largest->basis);
  for (const Term& term : terms) {
    add_to(report.split, term.kind, Joules::of(scope * term.joules / request.batch));
  }
  return report;
}

}  // namespace foretoken::sim
