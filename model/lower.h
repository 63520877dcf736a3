#pragma once

/// From a model and the state of a step to the graph of its operators. A layer's GEMMs come from
/// its weight tensors, one by one, so no weight can be forgotten or counted twice; layers that are
/// equal in shape and formats are lowered once and repeated.
///
/// Stages of a layer, each waiting for the one before: norm, input projections, latent projections,
/// rope and KV store, mixer, output projection, residual and norm, router and up projections,
/// activation, down projection, residual.

#include <vector>

#include "hwdb/runtime.h"
#include "model/llm.h"
#include "model/weight_scheme.h"
#include "ops/graph.h"

namespace foretoken::model {

/// Prompt tokens of other requests that go through the same step: `queries` new tokens of each of
/// `sequences` prompts, after `context` tokens of theirs that are cached already.
struct PromptChunk {
  double sequences = 0;
  double queries = 0;
  double context = 0;
};

/// One step of `batch` sequences: `queries` new tokens each, after `context` cached ones.
struct StepShape {
  double batch = 1;
  double queries = 1;
  double context = 0;
  PromptChunk prompt = {};
};

/// How a runtime runs the operators.
struct LoweringOptions {
  bool fuses_qkv = false;
  bool fuses_gate_up = false;
  bool fuses_norm = false;
  bool fuses_rope = false;
  bool fuses_moe = false;
  bool fuses_norm_scale = false;
  bool fuses_routing = false;
  bool fuses_glu = false;
  bool fuses_hyper_connections = false;
  bool shares_quantization = false;  ///< an input is quantized once for all GEMMs that read it
  bool expands_mla = false;
  bool keeps_windows = true;  ///< false: a window masks the whole cache, all of it is read
  std::vector<hwdb::HeadPacking> packs_query_heads;  ///< decode attention packs where one fits
  bool quantizes_activations = false;   ///< an extra launch before the GEMMs of an input
  std::vector<FormatId> plain_formats;  ///< weights that need no quantized activations
  bool embedding_on_host = false;
  double static_kv_slots = 0;  ///< KV slots computed whether used or not; 0: as many as used
  FormatId kv_keys{};
  FormatId kv_values{};
  double state_bytes = 4;       ///< of an element of recurrent state
  FormatId activation_table{};  ///< 16-bit format, for lookups and collectives
  int ranks = 1;                ///< tensor-parallel devices; this is the graph of one of them
};

/// Launches of one norm: itself and the product with its weights, unless they are one.
inline int norm_launches(const LoweringOptions& options) {
  return options.fuses_norm_scale ? 1 : 2;
}

ops::OpGraph lower(const Llm& llm, const WeightAssignment& weights, const StepShape& step,
                   const LoweringOptions& options);

}  // namespace foretoken::model
