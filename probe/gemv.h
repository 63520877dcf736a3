#pragma once

/// Matrix-vector kernels in the manner of llama.cpp's processor back end: a row of weights at a
/// time, activations quantized first, integer products summed by the block and scaled in FP32.
/// Compiled for every instruction set of the architecture; the best that runs here is taken.

#include <cstddef>
#include <string>

#include "probe/weight_format.h"

namespace foretoken::probe {

/// Writes part `part` of `parts` of `x` (k values, a multiple of kRowStep) as the format wants it.
/// All parts together write all; int8_channel needs the whole row's range, so part 0 does it all.
void quantize_activations(ActivationFormat format, const float* x, std::size_t k, std::size_t part,
                          std::size_t parts, std::byte* out);

/// y[r] = weights row r times activations, for `rows` rows of `row_bytes(format, k)` each; whole
/// groups of rows where these are interleaved.
void gemv(WeightFormat format, const std::byte* weights, std::size_t rows, std::size_t k,
          const std::byte* activations, float* y);

/// The same for Q8_0 with weights asked for 2 KiB ahead: what the machine gives a matrix when no
/// core waits for the memory. llama.cpp does not do so.
void gemv_prefetching(const std::byte* weights, std::size_t rows, std::size_t k,
                      const std::byte* activations, float* y);

/// Instruction set that the kernels run on here: "avx2", "avx3_dl", "neon".
std::string instruction_set();

}  // namespace foretoken::probe
