#include "sim/charge.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace foretoken::sim {
namespace {

/// Half a width in ln, of independent parts.
double both(double a, double b) { return std::sqrt(a * a + b * b); }

Estimate<TokensPerSecond> full_speed(const Request& request, Seconds seconds, const Doubt& time,
                                     double level) {
  const LogInterval log = log_interval(time, level);
  const Tokens tokens = Tokens::of(request.batch);
  return {.point = tokens / seconds,
          .lo = tokens / (seconds * std::exp(log.hi)),
          .hi = tokens / (seconds * std::exp(log.lo)),
          .level = level};
}

}  // namespace

std::optional<SustainedReport> sustained_rate(const StepLoads& step, const Request& request,
                                              Seconds seconds, const Doubt& time,
                                              const ops::PoolCoefficients& pool, double level) {
  if (!request.device->sustained || request.power_limit) return std::nullopt;
  const hwdb::SustainedPower& power = *request.device->sustained;
  Request held = request;
  held.power_scope = power.scope;
  const EnergyReport full = predict_energy(step, held, seconds, time, pool, level);
  SustainedReport report{.rate = full_speed(request, seconds, time, level),
                         .budget = power.budget,
                         .scope = power.scope,
                         .throttles = full.power.point > power.budget * request.ranks,
                         .delay = {.point = power.delay,
                                   .lo = power.delay_low,
                                   .hi = power.delay_high,
                                   .level = level},
                         .per_token = full.per_token};
  if (!report.throttles) return report;
  held.power_limit = power.budget;
  Seconds slower{};
  try {
    slower = held_to_limit(step, held, seconds, pool);
  } catch (const Error&) {
    return std::nullopt;  // prices that let idling alone take the budget say nothing of the rest
  }
  report.per_token = predict_energy(step, held, slower, time, pool, level).per_token;
  // At the budget a rate is watts over joules: each is as doubtful as the other.
  const double point = request.batch / slower.base();
  const Estimate<Joules>& joules = report.per_token;
  const double below = both(std::log(power.budget / power.low), std::log(joules.hi / joules.point));
  const double above =
      both(std::log(power.high / power.budget), std::log(joules.point / joules.lo));
  report.rate.point = TokensPerSecond::of(point);
  report.rate.lo = TokensPerSecond::of(point * std::exp(-below));
  report.rate.hi = std::clamp(TokensPerSecond::of(point * std::exp(above)), report.rate.point,
                              std::max(report.rate.hi, report.rate.point));
  return report;
}

std::optional<ChargeReport> charge_of(const Request& request, Seconds seconds,
                                      const EnergyReport& energy,
                                      const std::optional<SustainedReport>& sustained) {
  std::optional<Joules> battery = request.battery;
  if (!battery && request.device->battery) battery = request.device->battery->energy;
  if (!battery) return std::nullopt;
  const Estimate<Joules>& joules = sustained ? sustained->per_token : energy.per_token;
  const double rate = sustained ? sustained->rate.point.base() : request.batch / seconds.base();
  ChargeReport charge{.battery = *battery,
                      .tokens = *battery / joules.point,
                      .tokens_lo = *battery / joules.hi,
                      .tokens_hi = *battery / joules.lo,
                      .level = joules.level,
                      .sustained = sustained && sustained->throttles,
                      .scope = sustained ? sustained->scope : energy.scope};
  charge.lasts = Seconds::of(charge.tokens / rate);
  return charge;
}

}  // namespace foretoken::sim
