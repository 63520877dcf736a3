#pragma once

/// Joules of a decode step: the energy law over what the step moves and computes, for the time that
/// the time law foretells.

#include <string>

#include "base/estimate.h"
#include "base/quantity.h"
#include "ops/coefficients.h"
#include "sim/energy_loads.h"
#include "sim/interval.h"
#include "sim/request.h"

namespace foretoken::sim {

/// The pool that all devices and runtimes share.
inline constexpr const char* kEnergyPool = "energy";

/// Parts of a token's energy by cause; they sum to the point but for a cap that binds.
struct EnergySplit {
  Joules idle{};       ///< context open, nothing done; of all devices
  Joules waiting{};    ///< for each other
  Joules host{};       ///< the machine around the devices, where the meter sees it
  Joules memory{};     ///< weights and KV cache over the DRAM, recurrent state
  Joules unpacking{};  ///< quantized weights made numbers
  Joules arithmetic{};
};

struct EnergyReport {
  Estimate<Joules> per_token;  ///< of one sequence
  Estimate<Watts> power;       ///< of all devices, mean over a step
  std::string scope;           ///< where a meter would read it
  EnergySplit split;
  std::string basis;  ///< "this device", "sibling", "class", "datasheet": of its largest part
  double rows = 0;    ///< of this device that state power or energy
};

/// Where power of a device of this class is usually read: "gpu" the board's own meter, "soc" the
/// package, "chip" the engine's rail.
std::string usual_scope(const hwdb::Device& device);

/// Deviations of ln time in each draw: what its coefficients doubt, and one measurement's noise.
ops::Draws time_moves(const Doubt& time);

/// `seconds` stretched until the devices keep the request's power limit, where it states one: what
/// is spent on bytes and operations stays, what idles lasts longer. Voltage that falls with the
/// clock is not in it, so a limited device is a little faster than this. Throws Error for a limit
/// at or below idle.
Seconds held_to_limit(const StepLoads& step, const Request& request, Seconds seconds,
                      const ops::PoolCoefficients& pool);

/// `step` takes `seconds`, which `time` doubts; `pool` holds the energy law.
EnergyReport predict_energy(const StepLoads& step, const Request& request, Seconds seconds,
                            const Doubt& time, const ops::PoolCoefficients& pool, double level);

}  // namespace foretoken::sim
