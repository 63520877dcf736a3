#pragma once

/// The forward model: a request in, a report out. Pure: the same arguments give the same bits.

#include "sim/library.h"
#include "sim/report.h"
#include "sim/request.h"

namespace foretoken::sim {

inline constexpr double kIntervalLevel = 0.9;

/// Pool where collectives are measured on many devices.
inline constexpr const char* kLinkPool = "serving";

/// The pool that prices this request and, if it has no all-reduce of its own, the one that does.
/// Throws Error when the runtime does not support the device or its pool has no law.
Pricing pricing_for(const Request& request, const Library& library);

/// Rows of this very device that took part in the pool's fit; none once a what-if `changed` it.
ops::DeviceRows rows_of_device(const ops::PoolCoefficients& pool, const std::string& device,
                               bool changed);

/// Throws Error for unknown formats, runtimes or schemes; never for a valid request.
Report predict(const Request& request, const Library& library, double level = kIntervalLevel);

}  // namespace foretoken::sim
