#pragma once

/// How far a law misses: one scale for all doubts of a kind, from rows that were left out.

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

/// The scale with which 90 % intervals would have held that share of the misses' weight, drawn
/// towards 1 as if one more group had been left out and met exactly.
ops::Misfit misfit_of(const std::vector<Miss>& misses, const ops::Draws& noise);

}  // namespace foretoken::calibrate
