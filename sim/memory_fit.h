#pragma once

/// What a model occupies on a device while it decodes, and whether that fits.

#include <optional>

#include "base/quantity.h"
#include "model/weight_scheme.h"
#include "sim/request.h"

namespace foretoken::sim {

struct MemoryFit {
  Bytes weights{};   ///< of one device's share
  Bytes kv{};        ///< cache and recurrent state at the last token
  Bytes overhead{};  ///< runtime context, workspaces, compute buffers
  std::optional<Bytes> capacity;
  Bytes total() const { return weights + kv + overhead; }
  /// nullopt when the device's capacity is not stated.
  std::optional<bool> fits() const;
};

MemoryFit memory_fit(const Request& request, const model::WeightAssignment& weights,
                     const FormatTable& formats);

}  // namespace foretoken::sim
