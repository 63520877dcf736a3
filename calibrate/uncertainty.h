#pragma once

/// What a fit does not know, estimated from its own rows alone: level spreads, noise of sources,
/// and how far predictions miss rows that are left out inside these rows. Folds and the shipped
/// file get their intervals from this one function, each from its own fit.

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "calibrate/dataset.h"
#include "calibrate/fit.h"
#include "calibrate/posterior.h"
#include "ops/uncertainty.h"
#include "sim/interval.h"

namespace foretoken::calibrate {

/// A question, and whether rows of the device asked about were fitted.
using Asked = std::pair<std::string, bool>;

/// What a row of the pool answers: "step", or its operator's family.
std::string question_of(const PoolRow& row);

/// All that the pool's fitted rows can be asked, of known and unseen devices.
std::set<Asked> all_asked(const PoolData& pool);

/// A fit with its doubts.
struct Doubts {
  Belief belief;
  ops::Uncertainty uncertainty;
};

/// `included` are the rows that `fit` was made of. Misfits are estimated for what is `asked` only.
Doubts doubts_of(const PoolData& pool, const std::vector<std::uint8_t>& included, const Fit& fit,
                 const std::set<Asked>& asked);

/// The doubt about a row of the pool that `known_device` may or may not be true of.
sim::Doubt doubt_of_row(const PoolData& pool, std::size_t row, const Doubts& doubts,
                        double ln_point, bool known_device);

/// Device ids of the included rows that hold steps, or kernels.
std::set<std::string> devices_of(const PoolData& pool, const std::vector<std::uint8_t>& included,
                                 bool kernels);

}  // namespace foretoken::calibrate
