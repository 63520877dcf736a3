#pragma once

/// What a model occupies on a device while it decodes, and whether that fits.
///
/// Weights, cache and recurrent state are counted to the byte from the tensors' formats and the
/// runtime's layout. The compute buffer holds the activations of the largest pass, n token rows:
///
///   n * bytes * max( hidden + vocab of all rows,  hidden + 2 * FFN width (of the experts of a
///   token),
///                    hidden + q, k, v + scores, heads * cells of the cache, without flash
///                    attention )
///
/// since a buffer that one phase of the graph has left is taken by the next. What is left, driver
/// context and workspaces, is a constant of the runtime (memory_law.h).

#include <optional>

#include "base/quantity.h"
#include "model/weight_scheme.h"
#include "sim/memory_law.h"
#include "sim/request.h"

namespace foretoken::sim {

struct MemoryFit {
  Bytes weights{};   ///< of one device's share
  Bytes kv{};        ///< cache and recurrent state at the last token
  Bytes overhead{};  ///< runtime context, workspaces, compute buffers
  Bytes state{};     ///< of `kv`, the recurrent state
  Bytes compute{};   ///< of `overhead`, the activations of the largest pass
  /// Of the weights' file, what stays in the host's memory: tables of which a token takes one row.
  /// Not in the total.
  Bytes host_tables{};
  std::optional<Bytes> capacity;
  Bytes total() const { return weights + kv + overhead; }
  Bytes total_lo{}, total_hi{};  ///< of the total, at the level asked for
  double overhead_rows = 0;      ///< measured rows behind the overhead; 0: the runtime's file
  /// nullopt when the device's capacity is not stated.
  std::optional<bool> fits() const;
};

MemoryFit memory_fit(const Request& request, const model::WeightAssignment& weights,
                     const FormatTable& formats, const MemoryLaw& law = {}, double level = 0.9);

/// The total of what was counted under this overhead, with its interval.
void add_overhead(MemoryFit& fit, const MemoryOverhead& overhead, double level);

}  // namespace foretoken::sim
