#pragma once

/// The clock at which a core runs now, from additions that wait for each other: one a clock on
/// every processor that the product knows.

#include "probe/thread_team.h"

namespace foretoken::probe {

/// Hertz, the fastest of a few short trials: an interrupted trial only looks slower. About 0.3 ms.
double core_clock();

/// Median of the cores of a team, all of them busy.
double core_clock(ThreadTeam& team);

}  // namespace foretoken::probe
