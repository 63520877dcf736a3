#pragma once

/// What the probe of ggml measures: of the processor's plan the matrices in formats of GGUF files
/// and decode attention, over a cache in F16 and in Q8_0.

#include <cstddef>
#include <vector>

#include "probe/cpu_plan.h"

namespace foretoken::probe {

/// Cases that differ in threads alone follow each other: they share operands.
std::vector<Sample> ggml_plan(const CpuMachine& machine, const CpuProbeOptions& options);

/// Format of what a case streams: of the weights, or of the cache.
WeightFormat streamed_format(const Sample& sample);

/// Bytes of one copy of it.
double streamed_bytes(const Sample& sample);

/// Values so chosen that each format that ggml brings activations into before a product (halves,
/// int8 in blocks of 32 or 256 by their largest value) holds them exactly: what is left of a
/// deviation is the kernel's own. Steps of `step`, a power of two, up to 127 of them.
std::vector<float> exact_activations(std::size_t count, float step);

}  // namespace foretoken::probe
