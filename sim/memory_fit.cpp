#include "sim/memory_fit.h"

#include <algorithm>

#include "model/kv_cache.h"
#include "model/lower.h"
#include "sim/step_loads.h"

namespace foretoken::sim {
std::optional<bool> MemoryFit::fits() const {
  if (!capacity) return std::nullopt;
  return total() <= *capacity;
}

MemoryFit memory_fit(const Request& request, const model::WeightAssignment& weights,
                     const FormatTable& formats) {
  const model::LoweringOptions options = lowering_options(request, formats);
  const hwdb::Runtime& runtime = *request.runtime;
  const model::Llm& llm = *request.llm;
  const double ranks = request.ranks;
  const double tokens =
      std::max(request.context_start + request.gen_tokens, options.static_kv_slots);
  MemoryFit fit;
  fit.weights = request.weight_bytes.value_or(weights.total_bytes(formats)) / ranks;
  fit.kv = model::kv_cache_bytes(llm, tokens, request.batch, options.kv_keys, options.kv_values,
                                 formats) /
           ranks;
  fit.kv += Bytes::of(model::state_elements(llm) * options.state_bytes * request.batch / ranks);
  const double width = static_cast<double>(llm.hidden) + static_cast<double>(llm.vocab) / 8.0;
  fit.overhead = runtime.memory_overhead_fixed +
                 Bytes::of(runtime.memory_overhead_per_hidden * width * request.batch);
  fit.capacity = request.device->memory.capacity;
  return fit;
}

}  // namespace foretoken::sim
