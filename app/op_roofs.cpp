#include "app/op_roofs.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "ops/context_of.h"
#include "ops/load.h"
#include "sim/predict.h"
#include "sim/step_draws.h"

namespace foretoken::app {
namespace {

using ops::Slot;

struct SlotName {
  Slot slot;
  const char* roof;
};
constexpr std::array<SlotName, ops::kSlots> kSlotNames{{{Slot::Launch, "launch"},
                                                        {Slot::Ramp, "ramp"},
                                                        {Slot::Dram, "memory"},
                                                        {Slot::Llc, "cache"},
                                                        {Slot::Core, "core"},
                                                        {Slot::Serial, "serial"},
                                                        {Slot::Flop, "compute"},
                                                        {Slot::Link, "link"}}};

Seconds datasheet_time(const ops::Load& load, Slot slot) {
  switch (slot) {
    case Slot::Dram:
      return load.memory;
    case Slot::Llc:
      return load.cache;
    case Slot::Core:
      return load.core;
    case Slot::Flop:
      return load.flop;
    case Slot::Link:
      return load.link;
    case Slot::Serial:
      return load.serial;
    case Slot::Launch:
    case Slot::Ramp:
      break;
  }
  return {};
}

/// Time of one term of the law alone: a few coefficients are times or counts, the rest shares.
Seconds roof_time(const ops::Load& load, Slot slot, double coefficient) {
  if (slot == Slot::Launch) return Seconds::of(load.launches * coefficient);
  if (slot == Slot::Ramp) return Seconds::of(ops::ramp_share(load) * coefficient);
  if (slot == Slot::Serial) return load.serial * coefficient;
  return coefficient > 0.0 ? datasheet_time(load, slot) / coefficient : Seconds{};
}

}  // namespace

OpAnswer price_op(const ops::Op& op, const hwdb::Device& device, const hwdb::Runtime& runtime,
                  int threads, const sim::Library& library) {
  sim::Request request;
  request.device = &device;
  request.runtime = &runtime;
  const ops::Family family = ops::family_of(op);
  const ops::PoolCoefficients& pool = sim::pool_for(sim::pricing_for(request, library), family);
  ops::Context context = ops::context_of(device, runtime, {.threads = threads});
  ops::add_operator(context, op, library.formats);

  OpAnswer answer;
  answer.pool = pool.law.pool;
  answer.demand = ops::demand_of(op, library.formats);
  const ops::Load load = ops::load_of(answer.demand, 1.0, device, {.threads = threads});
  const ops::LawCoefficients<double> law = ops::resolve_law(pool, family, context).law;
  for (const SlotName& each : kSlotNames) {
    const ops::CoefficientId id = ops::coefficient(family, each.slot);
    const auto resolved = ops::resolve(pool, id, context);
    const Seconds datasheet = datasheet_time(load, each.slot);
    if (!resolved && !(datasheet > Seconds{})) continue;
    // A roof that the law has no coefficient for counts as the datasheet states it.
    Roof roof{.name = each.roof, .coefficient = ops::text_of(id), .value = 1.0};
    roof.dim = ops::dimension_of(id);
    roof.basis = ops::text_of(ops::Basis::Datasheet);
    if (resolved) {
      roof.value = resolved->value;
      roof.deviation = resolved->deviation;
      roof.basis = ops::text_of(resolved->basis);
      roof.rows = resolved->rows;
    } else if (each.slot == Slot::Core || each.slot == Slot::Serial) {
      continue;  // no datasheet says how fast a kernel unpacks or walks
    }
    roof.datasheet = datasheet;
    roof.time = roof_time(load, each.slot, roof.value);
    answer.roofs.push_back(std::move(roof));
  }
  answer.total = ops::op_time(load, law);
  const bool known = sim::rows_of_device(pool, device.id, false).kernels > 0.0;
  const sim::LogInterval interval =
      sim::log_interval(sim::op_doubt(load, pool, family, context, known), answer.level);
  answer.lo = answer.total * std::exp(interval.lo);
  answer.hi = answer.total * std::exp(interval.hi);
  const auto largest =
      std::max_element(answer.roofs.begin(), answer.roofs.end(),
                       [](const Roof& a, const Roof& b) { return a.time < b.time; });
  if (largest != answer.roofs.end()) answer.bound = largest->name;
  return answer;
}

}  // namespace foretoken::app
