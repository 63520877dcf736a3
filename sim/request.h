#pragma once

/// One question: this model in this format on this device under this runtime.

#include <optional>
#include <string>

#include "base/quantity.h"
#include "hwdb/device.h"
#include "hwdb/runtime.h"
#include "model/llm.h"
#include "model/weight_scheme.h"
#include "ops/context_of.h"

namespace foretoken::sim {

/// Prompts of other requests that a server reads while it decodes, as they meet one decode step.
struct PromptTraffic {
  double share = 0;   ///< passes over prompt tokens, a decode step
  double tokens = 0;  ///< prompt tokens of one such pass
  double prompt = 0;  ///< length of one prompt
};

/// Pointers are to values that outlive the request.
struct Request {
  const model::Llm* llm = nullptr;
  const hwdb::Device* device = nullptr;
  const hwdb::Device* sheet = nullptr;  ///< `device` at its full clock, where it is held below it
  const hwdb::Runtime* runtime = nullptr;
  std::string scheme;                                ///< weight format, "Q4_K_M"
  const model::WeightAssignment* weights = nullptr;  ///< of a weight file, instead of the scheme's
  double batch = 1;                                  ///< sequences decoded together
  double context_start = 0;  ///< tokens in the cache before the first new one
  double gen_tokens = 128;   ///< tokens generated in each sequence
  std::string kv_keys;       ///< KV cache formats; empty: the runtime's default
  std::string kv_values;
  std::optional<bool> expands_mla;    ///< instead of what the runtime does
  PromptTraffic prompts;              ///< none: sequences decode undisturbed
  int ranks = 1;                      ///< tensor-parallel devices
  std::optional<Bytes> weight_bytes;  ///< of the real file, when known
  std::string power_scope;  ///< where power is read, as `power_scope()` says it; empty: as usual
  std::optional<Watts> power_limit;  ///< that each device is held to
  std::optional<Joules> battery;     ///< instead of the one that the device's file states
  bool device_changed = false;  ///< a what-if changed the datasheet: no longer the measured device
  ops::RunFacts facts;

  /// Mean number of cached tokens over the generated ones.
  double mean_context() const { return context_start + gen_tokens / 2.0; }
};

}  // namespace foretoken::sim
