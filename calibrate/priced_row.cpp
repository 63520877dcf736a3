#include "calibrate/priced_row.h"

#include "base/error.h"
#include "sim/predict.h"
#include "sim/step_draws.h"

namespace foretoken::calibrate {
namespace {

sim::Pricing pricing_of(const std::string& pool, const ops::CoefficientTable& coefficients) {
  const sim::Pricing pricing{.pool = coefficients.find(pool),
                             .links = coefficients.find(sim::kLinkPool)};
  if (pricing.pool == nullptr) throw Error("no law file for pool '" + pool + "'");
  return pricing;
}

sim::StepLoads without_source(sim::StepLoads loads) {
  for (ops::Context& context : loads.contexts) context[ops::Attribute::Source].clear();
  return loads;
}

}  // namespace

PricedStep price_step(const ResolvedRow& row, const ops::CoefficientTable& coefficients) {
  const sim::Pricing pricing = pricing_of(row.pool, coefficients);
  PricedStep priced{.loads = without_source(row.loads)};
  priced.cost = sim::step_cost(priced.loads, pricing);
  priced.known_device =
      sim::rows_of_device(*pricing.pool, row.request.device->id, row.request.device_changed).steps >
      0.0;
  priced.doubt = sim::step_doubt(priced.loads, pricing, priced.cost, priced.known_device);
  return priced;
}

PricedKernel price_kernel(const ResolvedKernel& row, const ops::CoefficientTable& coefficients) {
  const sim::Pricing pricing = pricing_of(row.pool, coefficients);
  const sim::StepLoads loads = without_source(row.loads);
  const sim::OpLoad& op = loads.ops.front();
  const ops::Context& context = loads.contexts[op.context];
  const ops::PoolCoefficients& pool = sim::pool_for(pricing, op.family);
  PricedKernel priced;
  priced.time = ops::op_time(op.load, ops::resolve_law(pool, op.family, context).law);
  priced.bound = sim::step_cost(loads, pricing).ops.front().bound;
  priced.known_device = sim::rows_of_device(pool, row.device->id, false).kernels > 0.0;
  priced.doubt = sim::op_doubt(op.load, pool, op.family, context, priced.known_device);
  return priced;
}

}  // namespace foretoken::calibrate
