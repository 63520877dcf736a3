#pragma once

/// What a battery and a warm case make of an answer.
///
/// Sustained: the machine's governor holds it to a budget of power after a delay of full speed, a
/// step rather than a slow curve; the energy law then says how far time stretches (energy.h).
/// Charge: tokens = battery / joules a token, at the sustained rate where one is known, as if
/// nothing but the device at the power's scope drew from the battery.

#include <optional>
#include <string>

#include "base/estimate.h"
#include "base/quantity.h"
#include "sim/energy.h"
#include "sim/interval.h"
#include "sim/request.h"
#include "sim/step_loads.h"

namespace foretoken::sim {

struct SustainedReport {
  Estimate<TokensPerSecond> rate;  ///< all sequences together
  Watts budget{};
  std::string scope;           ///< where the budget is read
  bool throttles = false;      ///< full speed takes more than the budget
  Estimate<Seconds> delay;     ///< of full speed before the drop; meaningful where it throttles
  Estimate<Joules> per_token;  ///< of one sequence, at the budget's scope
};

struct ChargeReport {
  Joules battery{};
  double tokens = 0, tokens_lo = 0, tokens_hi = 0;  ///< of all sequences together
  double level = 0.9;
  Seconds lasts{};         ///< decoding at that rate
  bool sustained = false;  ///< at the rate that the governor leaves, not at full speed
  std::string scope;
};

/// Nothing where the device states no budget, or one that its idling alone takes. `step` takes
/// `seconds`, which `time` doubts.
std::optional<SustainedReport> sustained_rate(const StepLoads& step, const Request& request,
                                              Seconds seconds, const Doubt& time,
                                              const ops::PoolCoefficients& pool, double level);

/// Nothing without a battery. `seconds` a step at full speed, as `energy` has them.
std::optional<ChargeReport> charge_of(const Request& request, Seconds seconds,
                                      const EnergyReport& energy,
                                      const std::optional<SustainedReport>& sustained);

}  // namespace foretoken::sim
