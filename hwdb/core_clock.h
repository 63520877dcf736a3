#pragma once

/// A device whose cores run below the clock of its sheet, as its owner locked them.

#include "hwdb/device.h"

namespace foretoken::hwdb {

/// `sheet` with cores at `clock`: peak rates and core types fall with it, memory and rated power
/// stay. Throws Error where the sheet states no clock or one below `clock`.
Device at_clock(const Device& sheet, Hertz clock);

/// What cores spend at a clock, over what they spend on the same at the sheet's.
struct CoreEnergy {
  enum class Basis : std::uint8_t {
    Sheet,       ///< the sheet's clock
    Measured,    ///< between points that the device's file states
    LastPoint,   ///< below the lowest of them: as there, since voltage has a floor
    NotMeasured  ///< the file states none: as at the sheet's clock
  };
  double factor = 1.0;
  Basis basis = Basis::Sheet;
};

/// Between two points ln factor is a line over ln clock; the sheet's own clock is a point of 1.
CoreEnergy core_energy(const Device& sheet, Hertz clock);

/// "sheet", "measured", "last point", "not measured".
std::string_view text_of(CoreEnergy::Basis basis);

}  // namespace foretoken::hwdb
