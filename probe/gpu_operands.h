#pragma once

/// Activations of the GPU backends' matrix kernels, and what the kernels' outputs should be.
///
/// C++17 without libraries: also compiled by nvcc.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "probe/gguf_blocks.h"

namespace foretoken::probe::gpu {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// 32 activations as int8, as llama.cpp's GPU kernels take them (its Q8_1).
struct Q8Block {
  std::uint16_t scale;  ///< half
  std::uint16_t sum;    ///< half: scale times the sum of `values`
  std::int8_t values[32];
};
static_assert(sizeof(Q8Block) == 36, "read as 9 words on the device");

/// `m` token rows of `k` values in each form that some kernel takes. `k` is a multiple of 32.
struct Activations {
  int m = 0;
  int k = 0;
  std::vector<float> floats;
  std::vector<Q8Block> blocks;
  std::vector<std::int8_t> int8;
  std::vector<float> int8_scales;  ///< one a token row
};

/// Scrambles a counter (the finalizer of MurmurHash3); the same on host and device.
constexpr std::uint32_t scrambled(std::uint32_t x) {
  x ^= x >> 16;
  x *= 0x85ebca6bU;
  x ^= x >> 13;
  x *= 0xc2b2ae35U;
  return x ^ (x >> 16);
}

/// Uniform in (-1, 1), never 0.
inline float random_value(std::uint32_t index) {
  return (static_cast<float>(scrambled(index) >> 8) + 0.5F) / 8388608.0F - 1.0F;
}

inline float largest_of(const float* values, int count) {
  float largest = 0;
  for (int i = 0; i < count; ++i) largest = std::max(largest, std::fabs(values[i]));
  return largest;
}

inline Q8Block quantized_block(const float* values) {
  Q8Block block{};
  const float scale = largest_of(values, 32) / 127.0F;
  int sum = 0;
  for (int i = 0; i < 32; ++i) {
    const float steps = scale == 0.0F ? 0.0F : values[i] / scale;
    block.values[i] = static_cast<std::int8_t>(std::lround(steps));
    sum += block.values[i];
  }
  block.scale = half_bits(scale);
  block.sum = half_bits(scale * static_cast<float>(sum));
  return block;
}

inline Activations make_activations(int m, int k, std::uint32_t seed = 1) {
  Activations x;
  x.m = m;
  x.k = k;
  const auto count = static_cast<std::size_t>(m) * static_cast<std::size_t>(k);
  x.floats.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    x.floats[i] = random_value(static_cast<std::uint32_t>(i) + seed * 0x9e3779b9U);
  }
  for (std::size_t i = 0; i < count; i += 32) x.blocks.push_back(quantized_block(&x.floats[i]));
  x.int8.resize(count);
  for (int row = 0; row < m; ++row) {
    const std::size_t first = static_cast<std::size_t>(row) * static_cast<std::size_t>(k);
    const float scale = largest_of(&x.floats[first], k) / 127.0F;
    x.int8_scales.push_back(scale);
    for (std::size_t i = first; i < first + static_cast<std::size_t>(k); ++i) {
      x.int8[i] = static_cast<std::int8_t>(std::lround(x.floats[i] / scale));
    }
  }
  return x;
}

/// What a kernel of these weights multiplies with: activations after their own quantization, which
/// is no error of the kernel.
inline double activation_seen(const Activations& x, Weights weights, std::size_t index) {
  if (!layout_of(weights).int8) return static_cast<double>(x.floats[index]);
  if (weights == Weights::Int8) {
    return static_cast<double>(x.int8_scales[index / static_cast<std::size_t>(x.k)]) *
           x.int8[index];
  }
  const Q8Block& block = x.blocks[index / 32];
  return static_cast<double>(half_value(block.scale)) * block.values[index % 32];
}

/// Output of one row of weights for each token row. `row_scale` is of int8 rows.
inline std::vector<double> reference_outputs(Weights weights, const std::uint8_t* row,
                                             std::uint16_t row_scale, const Activations& x) {
  std::vector<double> outputs(static_cast<std::size_t>(x.m), 0.0);
  const auto k = static_cast<std::size_t>(x.k);
  for (std::size_t i = 0; i < k; ++i) {
    const double weight = weight_value(weights, row, static_cast<std::int64_t>(i));
    for (std::size_t token = 0; token < outputs.size(); ++token) {
      outputs[token] += weight * activation_seen(x, weights, token * k + i);
    }
  }
  if (layout_of(weights).row_bytes > 0) {
    for (double& output : outputs) output *= static_cast<double>(half_value(row_scale));
  }
  return outputs;
}

/// Deviations are told relative to the root mean square of what they should be. A result that is
/// not finite makes it infinite.
class Deviation {
 public:
  void add(double measured, double expected) {
    const double off = std::fabs(measured - expected);
    if (!std::isfinite(off)) {
      largest_ = kInfinity;
    } else if (off > largest_) {
      largest_ = off;
    }
    squares_ += expected * expected;
    ++count_;
  }
  double relative() const {
    if (count_ == 0) return kInfinity;
    const double size = std::sqrt(squares_ / count_);
    return size > 0 ? largest_ / size : (largest_ > 0 ? kInfinity : 0.0);
  }

 private:
  double largest_ = 0;
  double squares_ = 0;
  int count_ = 0;
};

/// Copies of an operand in one piece of memory, each at a multiple of 256 bytes: calls that rotate
/// over them find none in a cache.
struct OperandCopies {
  std::int64_t stride = 0;
  int count = 0;  ///< 0: it does not fit
  std::int64_t offset(int index) const { return stride * (index % count); }
  double footprint() const { return static_cast<double>(stride) * count; }
};

/// As many as exceed the cache several times and fit, at most `most`.
inline OperandCopies operand_copies(std::int64_t memory_bytes, std::int64_t operand_bytes,
                                    std::int64_t cache_bytes, int most) {
  constexpr std::int64_t kAlignment = 256;
  constexpr std::int64_t kCaches = 5;
  OperandCopies copies;
  copies.stride = (operand_bytes + kAlignment - 1) / kAlignment * kAlignment;
  const std::int64_t wanted =
      std::max<std::int64_t>((kCaches * cache_bytes + copies.stride - 1) / copies.stride, 1);
  copies.count = static_cast<int>(
      std::min({memory_bytes / copies.stride, wanted, static_cast<std::int64_t>(most)}));
  return copies;
}

/// Up to `count` of `n` rows, the first and the last among them.
inline std::vector<int> sampled_rows(int n, int count) {
  std::vector<int> rows;
  if (n <= count) {
    for (int i = 0; i < n; ++i) rows.push_back(i);
    return rows;
  }
  for (int i = 0; i < count; ++i) {
    rows.push_back(static_cast<int>(static_cast<std::int64_t>(n - 1) * i / (count - 1)));
  }
  return rows;
}

}  // namespace foretoken::probe::gpu
