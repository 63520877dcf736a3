#pragma once

/// The weight formats that the probe multiplies, and what their activations become first.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace foretoken::probe {

/// Int8Channel: a row of int8 with one half scale behind it. 8x8: rows interleaved by eights, see
/// `probe/interleaved.h`.
enum class WeightFormat : std::uint8_t {
  F32,
  F16,
  BF16,
  Int8Channel,
  Q8_0,
  Q4_0,
  Q4_K,
  Q6_K,
  Q4_0_8x8,
  Q4_K_8x8
};

/// How a vector of activations is written for the dot product. Int8Channel: int8 with one float
/// scale behind them.
enum class ActivationFormat : std::uint8_t { F32, F16, BF16, Int8Channel, Q8_0, Q8_K };

struct WeightFormatFacts {
  WeightFormat format;
  std::string_view name;        ///< in the format catalogue
  std::string_view short_name;  ///< in names of kernels
  std::size_t block_values;
  std::size_t block_bytes;
  std::size_t row_bytes;  ///< besides the blocks
  ActivationFormat activations;
  std::string_view activation_name;  ///< "F32", "F16", "BF16", "INT8"
  std::size_t rows = 1;              ///< that stand interleaved
};

inline constexpr std::array<WeightFormatFacts, 10> kWeightFormats{{
    {WeightFormat::F32, "F32", "f32", 1, 4, 0, ActivationFormat::F32, "F32"},
    {WeightFormat::F16, "F16", "f16", 1, 2, 0, ActivationFormat::F16, "F16"},
    {WeightFormat::BF16, "BF16", "bf16", 1, 2, 0, ActivationFormat::BF16, "BF16"},
    {WeightFormat::Int8Channel, "int8_channel", "int8", 1, 1, 2, ActivationFormat::Int8Channel,
     "INT8"},
    {WeightFormat::Q8_0, "Q8_0", "q8_0", 32, 34, 0, ActivationFormat::Q8_0, "INT8"},
    {WeightFormat::Q4_0, "Q4_0", "q4_0", 32, 18, 0, ActivationFormat::Q8_0, "INT8"},
    {WeightFormat::Q4_K, "Q4_K", "q4_k", 256, 144, 0, ActivationFormat::Q8_K, "INT8"},
    {WeightFormat::Q6_K, "Q6_K", "q6_k", 256, 210, 0, ActivationFormat::Q8_K, "INT8"},
    {WeightFormat::Q4_0_8x8, "Q4_0", "q4_0_8x8", 32, 18, 0, ActivationFormat::Q8_0, "INT8", 8},
    {WeightFormat::Q4_K_8x8, "Q4_K", "q4_k_8x8", 256, 144, 0, ActivationFormat::Q8_K, "INT8", 8},
}};

constexpr const WeightFormatFacts& facts_of(WeightFormat format) {
  return kWeightFormats[static_cast<std::size_t>(format)];
}

/// Rows of every format are taken at multiples of this many values.
inline constexpr std::size_t kRowStep = 256;

constexpr std::size_t row_bytes(WeightFormat format, std::size_t k) {
  const WeightFormatFacts& facts = facts_of(format);
  return k / facts.block_values * facts.block_bytes + facts.row_bytes;
}

/// Bytes of `k` activations, padded to whole cache lines.
std::size_t activation_bytes(ActivationFormat format, std::size_t k);

}  // namespace foretoken::probe
