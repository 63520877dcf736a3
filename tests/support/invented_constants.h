#pragma once

/// Energy of technologies, as the invented energy law needs it: HBM3 takes 3.7 pJ a bit, and all
/// else 4.5.

#include "hwdb/energy_constants.h"

namespace foretoken::test {

inline constexpr const char* kEnergyConstantsText = R"(schema: 1
source: invented for tests
memory:
  HBM3: {picojoules_per_bit: 3.7, confidence: datasheet, source: invented for tests}
other_memory: {picojoules_per_bit: 4.5, confidence: uncertain, source: invented for tests}
operation: {picojoules: 2, confidence: uncertain, source: invented for tests}
lane_operation: {picojoules: 10, confidence: uncertain, source: invented for tests}
bandwidth: {watts_per_gigabyte_a_second: 0.2, confidence: uncertain, source: invented for tests}
)";

}  // namespace foretoken::test
