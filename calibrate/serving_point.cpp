#include "calibrate/serving_point.h"

#include <algorithm>
#include <limits>

#include "ops/context_of.h"
#include "sim/memory_fit.h"
#include "sim/step_loads.h"

namespace foretoken::calibrate {
namespace {

/// Requests of equal length that are admitted together end together: under a scheduler that reads
/// all waiting prompts before it decodes on, a wave's prompts are one block, of which a request
/// meets the part behind its own. On average half; the other half is in its time to first token.
constexpr double kWaveShare = 0.5;

}  // namespace

double most_sequences(const sim::Request& request, const model::WeightAssignment& weights,
                      const FormatTable& formats) {
  sim::Request one = request;
  one.batch = 1;
  // A cache that is filled as it grows holds, over requests at all stages, their mean length.
  if (!request.runtime->reserves_full_length) one.gen_tokens = request.gen_tokens / 2.0;
  const sim::MemoryFit fit = sim::memory_fit(one, weights, formats);
  if (!fit.capacity || !(fit.kv.base() > 0.0)) return std::numeric_limits<double>::infinity();
  const Bytes room = *fit.capacity * request.runtime->memory_share - fit.weights -
                     request.runtime->memory_overhead_fixed;
  return std::max(1.0, room / fit.kv);
}

void serve(const DecodeRow& row, const model::WeightAssignment& weights, const FormatTable& formats,
           sim::Request& request) {
  if (row.time_kind == TimeKind::Step) return;
  if (row.batch_kind != BatchKind::Running) {
    request.batch = std::min(request.batch, most_sequences(request, weights, formats));
  }
  const double prompt = row.prefill_tokens;
  if (row.time_kind == TimeKind::Median || prompt <= 0.0) return;
  const bool in_waves = row.batch_kind == BatchKind::Waves &&
                        !ops::mixes_prefill(*request.runtime, request.facts.build_year);
  const double tokens =
      request.batch * prompt / std::max(request.gen_tokens, 1.0) * (in_waves ? kWaveShare : 1.0);
  request.prompts = sim::prompt_traffic(*request.runtime, tokens, prompt);
}

}  // namespace foretoken::calibrate
