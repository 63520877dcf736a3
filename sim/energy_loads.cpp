#include "sim/energy_loads.h"

#include <algorithm>

#include "hwdb/core_clock.h"
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

/// Seconds that a device's own share of the step takes at the datasheet's rates.
double working_seconds(const StepLoads& step, const Request& request, double devices) {
  double seconds = 0.0;
  for (const OpLoad& op : step.ops) {
    seconds += op.repeat * std::max(op.load.memory.base(), op.load.flop.base());
  }
  return seconds * request.ranks / devices;
}

/// Floating-point weights that the matrix units take as they lie in memory.
bool computes_as_stored(const hwdb::Device& device, ArithmeticClass arithmetic) {
  return (arithmetic == ArithmeticClass::Fp8 || arithmetic == ArithmeticClass::Fp4) &&
         device.peak_of(arithmetic).has_value();
}

}  // namespace

std::string power_scope(std::string_view text) {
  const auto says = [&](std::string_view word) {
    return text.find(word) != std::string_view::npos;
  };
  if (says("rail")) return "rails";
  if (says("nvml") || text == "gpu") return "gpu";
  if (says("soc") || says("rapl")) return "soc";
  if (says("wall")) return "wall";
  if (says("board")) return "board";
  return says("chip") ? "chip" : "";
}

StepEnergyLoads energy_loads(const StepLoads& step, const Request& request, double devices,
                             double seconds, const std::string& scope, const std::string& group) {
  StepEnergyLoads energy;
  energy.contexts = step.contexts;
  for (ops::Context& context : energy.contexts) {
    context[ops::Attribute::Scope] = scope;
    if (devices > 1.0) context[ops::Attribute::Group] = group;
  }
  const double rated = ops::rated_power(*request.device).base() * seconds * devices;
  // A meter at the wall sees the machine around, more than what the device is held to.
  const bool beyond = scope == "wall";
  if (request.device->tdp && !beyond) energy.rated = rated;
  // Below the sheet's clock an operation is slower, not dearer: its price is that of the sheet,
  // times what is measured of cores at this clock.
  const hwdb::Device& device = *request.device;
  const hwdb::Device& sheet = request.sheet != nullptr ? *request.sheet : device;
  const double cores = device.clock ? hwdb::core_energy(sheet, *device.clock).factor : 1.0;
  add(energy, ops::EnergyTerm::Static, rated * cores, 0);
  if (devices > 1.0 && seconds > 0.0) {
    const double waits = std::max(0.0, 1.0 - working_seconds(step, request, devices) / seconds);
    add(energy, ops::EnergyTerm::Waiting, rated * waits * cores, 0);
  }
  if (beyond) add(energy, ops::EnergyTerm::Host, seconds, 0);
  const double byte = ops::memory_device_energy(device).base();
  const double lane = ops::rated_energy_per_lane(sheet).base() * cores;
  const double ranks = request.ranks;
  for (const OpLoad& op : step.ops) {
    const ops::Demand& d = op.demand;
    const double times = op.repeat * ranks;
    add(energy, ops::EnergyTerm::Byte, byte * (d.weights + d.kv).base() * times, 0);
    add(energy, ops::EnergyTerm::State, byte * d.state.base() * times, 0);
    if (!computes_as_stored(device, d.arithmetic)) {
      add(energy, ops::EnergyTerm::Unpacking, lane * d.unpacked * times, op.context);
    }
    const double flop = ops::rated_energy_per_flop(sheet, d.rate()).base() * cores;
    const bool expert = op.family == ops::Family::Expert;
    add(energy, expert ? ops::EnergyTerm::ExpertFlop : ops::EnergyTerm::Flop,
        flop * d.flops.base() * times, op.context);
  }
  return energy;
}

}  // namespace foretoken::sim
