#include "hwdb/core_clock.h"

#include <cmath>

#include <fmt/format.h>

#include "base/error.h"
#include "base/unit_text.h"
#include "hwdb/device_parameters.h"

namespace foretoken::hwdb {

Device at_clock(const Device& sheet, Hertz clock) {
  if (!sheet.clock) {
    throw Error(fmt::format("the sheet of '{}' states no core clock, so none can be set below it",
                            sheet.id));
  }
  if (clock > *sheet.clock) {
    throw Error(fmt::format("a core clock of {} is above the {} of the sheet of '{}'",
                            format_quantity(clock, 4), format_quantity(*sheet.clock, 4), sheet.id));
  }
  Device device = sheet;
  if (clock < *sheet.clock) device_parameter("clock").set(device, clock.base());
  return device;
}

CoreEnergy core_energy(const Device& sheet, Hertz clock) {
  using enum CoreEnergy::Basis;
  if (!sheet.clock || !(clock < *sheet.clock)) return {};
  if (sheet.clock_points.empty()) return {.factor = 1.0, .basis = NotMeasured};
  const ClockPoint* below = nullptr;
  Hertz upper = *sheet.clock;
  double at_upper = 1.0;
  for (const ClockPoint& point : sheet.clock_points) {  // ascending
    if (point.clock > clock) {
      upper = point.clock;
      at_upper = point.energy;
      break;
    }
    below = &point;
  }
  if (below == nullptr) return {.factor = at_upper, .basis = LastPoint};
  const double share = std::log(clock / below->clock) / std::log(upper / below->clock);
  const double ln = std::log(below->energy) * (1.0 - share) + std::log(at_upper) * share;
  return {.factor = std::exp(ln), .basis = Measured};
}

std::string_view text_of(CoreEnergy::Basis basis) {
  using enum CoreEnergy::Basis;
  switch (basis) {
    case Sheet:
      return "sheet";
    case Measured:
      return "measured";
    case LastPoint:
      return "last point";
    case NotMeasured:
      break;
  }
  return "not measured";
}

}  // namespace foretoken::hwdb
