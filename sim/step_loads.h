#pragma once

/// A step reduced to what the law needs: for every operator its load on this device and the context
/// that its coefficients are looked up in. Prediction prices it with fitted coefficients;
/// calibration fits coefficients to it.

#include <string>
#include <vector>

#include "model/lower.h"
#include "ops/context.h"
#include "ops/demand.h"
#include "ops/graph.h"
#include "ops/roofline.h"
#include "sim/request.h"

namespace foretoken::sim {

struct OpLoad {
  std::string name;
  ops::Family family = ops::Family::Gemm;
  ops::Demand demand;  ///< of one run of the operator
  ops::Load load;      ///< of one run of the operator
  double repeat = 1;
  std::size_t context = 0;  ///< index into `StepLoads::contexts`
};

struct StepLoads {
  std::vector<OpLoad> ops;
  double sequences = 1;                ///< decoded together
  std::vector<ops::Context> contexts;  ///< the first is the step's own, without an operator
};

/// How the request's runtime lowers its model. Throws Error for an unknown KV format.
model::LoweringOptions lowering_options(const Request& request, const FormatTable& formats);

/// `tokens_per_step` prompt tokens on average, of prompts this long, that arrive one by one: with
/// Poisson arrivals a share 1 - exp(-tokens/length) of the steps meets any. What exceeds the
/// runtime's chunk takes more passes.
PromptTraffic prompt_traffic(const hwdb::Runtime& runtime, double tokens_per_step, double prompt);

/// Loads of the mean decode step of the request, at its mean context, prompts of others included:
/// where the runtime mixes them, a share of the steps carries their tokens through the same
/// matrices; elsewhere they have passes of their own between two decode steps.
StepLoads mean_step_loads(const Request& request, const model::WeightAssignment& weights,
                          const FormatTable& formats);

/// Loads of one step with `queries` new tokens a sequence after `context` cached ones. `weights` is
/// the model under the request's scheme.
StepLoads step_loads(const Request& request, const model::WeightAssignment& weights,
                     const FormatTable& formats, double queries, double context);

}  // namespace foretoken::sim
