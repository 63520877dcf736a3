#pragma once

/// From what an operator asks and what a datasheet says to the times the datasheet alone allows.

#include <optional>

#include "hwdb/device.h"
#include "ops/demand.h"
#include "ops/roofline.h"

namespace foretoken::ops {

/// What of the device takes part.
struct Engagement {
  int threads = 0;              ///< CPU threads; 0: not said
  bool balanced = false;        ///< idle threads take work from slower ones
  double cached_share = 0.0;    ///< part of the bytes that the last-level cache serves
  bool has_cache_rate = false;  ///< the pool has an llc coefficient; else the cache counts as DRAM
};

/// The bandwidth an engine sees: the DRAM's, or its own port's when that is narrower.
BytesPerSecond engine_bandwidth(const hwdb::Device& device);

/// Peak rate for the arithmetic of a format. A device whose sheet does not state that rate computes
/// in the next wider format it states (FP8 in FP16, INT8 in FP16, ...); nullopt when it states
/// none.
std::optional<FlopsPerSecond> peak_rate(const hwdb::Device& device, ArithmeticClass arithmetic);

/// One direction of the fastest link between devices of this kind; nullopt when none is stated.
std::optional<BytesPerSecond> link_bandwidth(const hwdb::Device& device);

/// Part of the bytes that the last-level cache serves when an operator streams a footprint of `f`
/// times the cache over and over: 1/(1+f^4), from all of it while it fits to none once it is much
/// larger (a stream evicts what it will need again). nullopt (not said): none.
double cached_share(std::optional<double> footprint_over_llc);

/// Activations count as DRAM traffic only when they are too large for half of the last-level cache
/// (1 MiB where the sheet states none).
Load load_of(const Demand& demand, double launches, const hwdb::Device& device,
             const Engagement& engagement);

}  // namespace foretoken::ops
