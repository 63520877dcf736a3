#pragma once

/// The energy law, the one place where it stands. A step of T seconds on n devices takes
///
///   E = scope * ( static * R * n * T  +  waiting * R * n * (T - work) where n > 1
///                 + byte * d * bytes + state * d * state bytes
///                 + unpacking * l * weights + flop * f * operations  +  host * 1 W * T )
///
/// with R the rated power of one device, and the sum held, smoothly, to a cap: a device that would
/// take more than cap * R slows down until it does not. Every term is an amount times a
/// coefficient, so a fit sees what it sees in a launch: a price a piece. The amounts are what data
/// sheets say, so that coefficients are near one another on devices of every size: d joules a byte
/// of the memory device alone, of which the whole path to the cores takes a multiple; l and f the
/// joules of an operation of a vector lane and of the matrix units where the device computes at its
/// peak at rated power. Static power is that of a device with its context open and nothing to do,
/// more than idle. The host counts where the meter is at the wall. Shape after the study of public
/// rows: B200 and H100 boards, an APU and CPUs are each met within a few percent by such a sum.

#include <cmath>

#include "base/number_format.h"
#include "hwdb/device.h"
#include "ops/coefficient_id.h"
#include "ops/load.h"

namespace foretoken::ops {

/// Memory that moves so many bytes a second is found on a device of about this power. Where an
/// engine reads through a port of its own, as NPUs do, it is the port that sets the engine's size.
inline Watts power_of_bandwidth(const hwdb::Device& device) {
  return Watts::of(engine_bandwidth(device).base() * device.energy.watts_per_rate);
}

/// Rated power as the sheet states it, else what the bandwidth suggests.
inline Watts rated_power(const hwdb::Device& device) {
  return device.tdp ? *device.tdp : power_of_bandwidth(device);
}

/// Joules that the memory device itself takes for a byte, activation and interface included, by its
/// technology: the floor under what a byte costs.
inline Joules memory_device_energy(const hwdb::Device& device) { return device.energy.byte; }

/// A byte, of weights, cache or state, costs no less than this many times what its memory device
/// takes, where the meter sees the memory: the way to the cores adds to it.
inline constexpr double kLeastByteMultiple = 1.0;

/// Joules of one operation in this arithmetic where the device computes at peak and at rated power.
Joules rated_energy_per_flop(const hwdb::Device& device, ArithmeticClass arithmetic);

/// The same of one single-precision operation of its vector lanes (CPUs and NPUs: of an int8
/// product), which unpack quantized weights.
Joules rated_energy_per_lane(const hwdb::Device& device);

/// Exponent of the smooth minimum of a device's energy and what its cap lets through.
inline constexpr double kCapSharpness = 12.0;

/// ln of || 1/energy, 1/cap ||_p ^ -1, and the derivative of it by ln energy.
struct CappedEnergy {
  double ln_joules = 0;
  double by_energy = 1;
};
inline CappedEnergy capped_energy(double joules, double cap_joules) {
  if (!(cap_joules > 0.0)) return {std::log(joules), 1.0};
  const double ratio = std::pow(joules / cap_joules, kCapSharpness);
  return {std::log(joules) - std::log1p(ratio) / kCapSharpness, 1.0 / (1.0 + ratio)};
}

}  // namespace foretoken::ops
