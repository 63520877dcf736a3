#pragma once

/// Weights and activations to measure with, and what they mean exactly: the double-precision side
/// of every check of a kernel.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "probe/weight_format.h"

namespace foretoken::probe {

/// `rows` rows (whole groups where they are interleaved) of `k` weights (a multiple of kRowStep)
/// with random bits and scales such that values are of size one or less. The same seed gives the
/// same bytes.
std::vector<std::byte> random_weights(WeightFormat format, std::size_t rows, std::size_t k,
                                      std::uint64_t seed);

/// Values of one row, of the first where rows are interleaved.
std::vector<double> weight_values(WeightFormat format, const std::byte* row, std::size_t k);

/// Values of activations as `quantize_activations` (gemv.h) wrote them.
std::vector<double> activation_values(ActivationFormat format, const std::byte* activations,
                                      std::size_t k);

std::vector<float> random_activations(std::size_t k, std::uint64_t seed);

/// Largest |y - w x| over the rows from row `first` of the matrix on, as a share of the sum of |w_i
/// x_i| of the row, with `w` and `x` as they are written: what is left is the rounding of the
/// kernel's own sums.
double gemv_error(WeightFormat format, const std::byte* weights, std::size_t k,
                  const std::byte* activations, std::span<const float> y, std::size_t first = 0);

}  // namespace foretoken::probe
