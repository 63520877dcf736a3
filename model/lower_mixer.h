#pragma once

/// The operators between a layer's input and output projections: attention over the cache, or a
/// recurrent state update.

#include <string>
#include <vector>

#include "model/llm.h"
#include "model/lower.h"
#include "ops/op.h"

namespace foretoken::model {

struct MixerShape {
  const StepShape& step;
  const LoweringOptions& options;
};

struct MixerOp {
  std::string name;
  ops::Op op;
  double launches = 1;
};

/// One entry for each mixer of the layer.
std::vector<MixerOp> mixer_ops(const Llm& llm, const Layer& layer, const MixerShape& shape);

/// Tokens of the cache that a step attends to: static slots fill up, windows cut; a chunked window
/// starts over, so it is half full on average. A runtime that only masks reads everything.
double attended_tokens(double context, const AttentionShape& attention,
                       const LoweringOptions& options);

/// Whether decode attention over `length` tokens reads the cache once for all `group` query heads
/// that share a key/value head.
bool packs_heads(double group, double length, const MixerShape& shape);

/// Rope, KV store, head norms: launches of their own unless the runtime fuses them.
double small_launches_before_mixer(const Layer& layer, const LoweringOptions& options);

}  // namespace foretoken::model
