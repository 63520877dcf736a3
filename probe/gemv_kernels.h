#pragma once

/// The kernels behind `gemv`, one file for each kind of format.

#include <cstddef>

#include "probe/weight_format.h"

namespace foretoken::probe {

using GemvKernel = void (*)(const std::byte* weights, std::size_t rows, std::size_t k,
                            const std::byte* activations, float* y);

GemvKernel float_kernel(WeightFormat format);        ///< F32, F16, BF16
GemvKernel block_kernel(WeightFormat format);        ///< Q8_0, Q4_0, int8_channel
GemvKernel prefetching_kernel();                     ///< Q8_0
GemvKernel super_block_kernel(WeightFormat format);  ///< Q4_K, Q6_K
GemvKernel interleaved_kernel(WeightFormat format);  ///< Q4_0, Q4_K of interleaved rows

/// Any quantized format in plain C++, for processors whose vectors Highway does not know.
void plain_gemv(WeightFormat format, const std::byte* weights, std::size_t rows, std::size_t k,
                const std::byte* activations, float* y);

}  // namespace foretoken::probe
