#pragma once

/// A device file of a GPU, from what its driver tells, a little measuring, and what the catalogue
/// says of devices with the same instruction set.

#include <span>
#include <string>

#include "hwdb/device.h"
#include "probe/describe.h"
#include "probe/gpu_facts.h"
#include "probe/sample.h"

namespace foretoken::probe {

/// The fastest pass over a buffer that no cache holds, and the clock meanwhile; 0 where not found.
Measured measured_of(const Findings& findings, const GpuFacts& facts);

/// `own_id` is the catalogue's id of this device, or one made of its name; `id` empty: `own_id`.
/// Peak rates and the architecture are assumed as those of `known`'s device of that id, or of the
/// one with the same instruction set that is nearest in size; neither there: left out. Throws Error
/// when the bandwidth of the memory is neither told nor measured.
Description describe_gpu(const GpuFacts& facts, const Measured& measured,
                         std::span<const hwdb::Device> known, const std::string& own_id,
                         const std::string& id = "");

}  // namespace foretoken::probe
