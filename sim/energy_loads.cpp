#include "sim/energy_loads.h"

#include <algorithm>

#include "ops/energy.h"

namespace foretoken::sim {
namespace {

void add(StepEnergyLoads& step, ops::EnergyTerm term, double amount, std::size_t context) {
  if (!(amount > 0.0)) return;
  for (EnergyLoad& load : step.loads) {
    if (load.term == term && load.context == context) {
      load.amount += amount;
      return;
    }
  }
  step.loads.push_back({term, amount, context});
}

}  // namespace

std::string power_scope(std::string_view text) {
  const auto says = [&](std::string_view word) {
    return text.find(word) != std::string_view::npos;
  };
  if (says("rail") && says("CPU")) return "rails";
  if (says("nvml") || text == "gpu") return "gpu";
  if (says("soc") || says("rapl")) return "soc";
  if (says("wall")) return "wall";
  if (says("board")) return "board";
  return says("chip") ? "chip" : "";
}

StepEnergyLoads energy_loads(const StepLoads& step, const Request& request, double devices,
                             double seconds, const std::string& scope) {
  StepEnergyLoads energy;
  energy.contexts = step.contexts;
  for (ops::Context& context : energy.contexts) context[ops::Attribute::Scope] = scope;
  const double rated = ops::rated_power(*request.device).base() * seconds * devices;
  if (request.device->tdp) energy.rated = rated;
  add(energy, ops::EnergyTerm::Static, rated, 0);
  if (devices > 1.0) add(energy, ops::EnergyTerm::Waiting, rated, 0);
  const double ranks = request.ranks;
  for (const OpLoad& op : step.ops) {
    const ops::Demand& d = op.demand;
    const double times = op.repeat * ranks;
    add(energy, ops::EnergyTerm::Byte, (d.weights + d.kv).base() * times, 0);
    add(energy, ops::EnergyTerm::State, d.state.base() * times, 0);
    add(energy, ops::EnergyTerm::Unpacking, d.unpacked * times, op.context);
    const bool expert = op.family == ops::Family::Expert;
    add(energy, expert ? ops::EnergyTerm::ExpertFlop : ops::EnergyTerm::Flop,
        d.flops.base() * times, op.context);
  }
  return energy;
}

}  // namespace foretoken::sim
