#pragma once

/// How long one call takes inside a CUDA graph of many calls, as a decoder replays them.

#include <functional>
#include <string>

#include "probe/cuda/checked.cuh"
#include "probe/gpu_timing.h"
#include "probe/nvml_reader.h"

namespace foretoken::probe::cuda {

/// Enqueues call number `index`; which operands it takes follows from the number.
using Call = std::function<void(int index, cudaStream_t stream)>;

using gpu::Timing;

struct TimingLimits {
  int least_calls = 1;         ///< of a graph, so that its operands exceed the caches
  double seconds = 0.08;       ///< to spend on repeats
  double sustain_seconds = 0;  ///< to replay without a pause while power is read; 0: not
};

/// A graph of calls, replayed. A spread above 5 % is measured once more with three times the
/// repeats, and what still spreads is noisy.
Timing time_in_graph(const Call& call, const TimingLimits& limits, const Stream& stream,
                     const NvmlReader& nvml);

/// Calls launched one by one into a stream, `calls` at a time; the host's pace shows.
Timing time_in_stream(const Call& call, int calls, const Stream& stream, const NvmlReader& nvml);

/// One call and the wait for it, by the host's clock.
Timing time_with_wait(const Call& call, const Stream& stream, const NvmlReader& nvml);

}  // namespace foretoken::probe::cuda
