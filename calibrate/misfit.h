#pragma once

/// How far a law misses: one scale and one tail for all doubts of a kind, from rows that were left
/// out.

#include <string>
#include <vector>

#include "ops/draws.h"
#include "ops/uncertainty.h"

namespace foretoken::calibrate {

/// A left-out row: what its prediction doubted and how far it was off.
struct Miss {
  double ln_ratio = 0;  ///< ln(measured/predicted)
  ops::Draws offsets{};
  double weight = 1;
  std::string group;  ///< what was left out with it
};

/// Scale and tail with which 50, 80 and 90 % intervals would have held those shares of the misses'
/// weight, the 90 % one exactly; drawn towards 1 where few groups were left out.
ops::Misfit misfit_of(const std::vector<Miss>& misses, const ops::Draws& noise);

}  // namespace foretoken::calibrate
