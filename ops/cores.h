#pragma once

/// Which cores of a processor take part with so many threads, and how fast they are together.

#include "hwdb/device.h"

namespace foretoken::ops {

/// Threads fill the fastest type first. Work split evenly ends when the slowest core does, so all
/// run at its pace; where idle threads take over, rates add up.
struct EngagedCores {
  double count = 0;  ///< cores that take part
  Hertz clock{};     ///< summed over them, in cores of the fastest type
  double macs = 0;   ///< int8 products a clock of the fastest type; 0: not stated
};

/// 0 threads: the number that is fastest, which is what people use where they do not say.
EngagedCores engaged_cores(const hwdb::Device& device, int threads, bool balanced);

/// Boost clock, or what parts of the class run at where the sheet states none.
Hertz clock_of(const hwdb::Device& device);

}  // namespace foretoken::ops
