#include "probe/weight_data.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <limits>
#include <random>

#include "probe/blocks.h"
#include "probe/interleaved.h"
#include "probe/number_bits.h"

namespace foretoken::probe {
namespace {

constexpr std::size_t kCacheLine = 64;

template <typename T>
T loaded(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}

void store_half(std::byte* to, float value) {
  const std::uint16_t bits = half_bits(value);
  std::memcpy(to, &bits, sizeof bits);
}

/// Scales that make the largest value of a block about one half to one.
class ScaleMaker {
 public:
  explicit ScaleMaker(std::mt19937_64& random) : random_(random) {}
  float operator()(float largest) { return share_(random_) / largest; }

 private:
  std::mt19937_64& random_;
  std::uniform_real_distribution<float> share_{0.5F, 1.0F};
};

/// Overwrites the scales within random bits; the bits between them are good for any block.
void put_scales(WeightFormat format, std::byte* row, std::size_t k, ScaleMaker& scale) {
  const WeightFormatFacts& facts = facts_of(format);
  const std::size_t blocks = k / facts.block_values;
  for (std::size_t b = 0; b < blocks; ++b) {
    std::byte* const block = row + b * facts.block_bytes;
    switch (format) {
      case WeightFormat::Q8_0:
        store_half(block, scale(127.0F));
        break;
      case WeightFormat::Q4_0:
        store_half(block, scale(8.0F));
        break;
      case WeightFormat::Q4_K:
        store_half(block, scale(63.0F * 15.0F));
        store_half(block + 2, scale(63.0F));
        break;
      case WeightFormat::Q6_K:
        store_half(block + offsetof(BlockQ6_K, d), scale(128.0F * 32.0F));
        break;
      case WeightFormat::F32:
      case WeightFormat::F16:
      case WeightFormat::BF16:
      case WeightFormat::Int8Channel:
      case WeightFormat::Q4_0_8x8:
      case WeightFormat::Q4_K_8x8:
        break;  // no scale in a block, or made of plain rows
    }
  }
  if (format == WeightFormat::Int8Channel) store_half(row + k, scale(128.0F));
}

void put_floats(WeightFormat format, std::byte* row, std::size_t k, std::mt19937_64& random) {
  std::uniform_real_distribution<float> value(-1.0F, 1.0F);
  for (std::size_t i = 0; i < k; ++i) {
    const float x = value(random);
    if (format == WeightFormat::F32) {
      std::memcpy(row + i * sizeof x, &x, sizeof x);
    } else {
      const std::uint16_t bits = format == WeightFormat::F16 ? half_bits(x) : bfloat_bits(x);
      std::memcpy(row + i * sizeof bits, &bits, sizeof bits);
    }
  }
}

void add_q4_k(const BlockQ4_K& block, std::vector<double>& values) {
  const auto d = static_cast<double>(half_value(block.d));
  const auto dmin = static_cast<double>(half_value(block.dmin));
  for (std::size_t group = 0; group < 8; ++group) {
    const auto [scale, min] = scale_and_min(block.scales.data(), group);
    for (std::size_t i = 0; i < 32; ++i) {
      const int byte = block.q[group / 2 * 32 + i];
      const int q = group % 2 == 0 ? byte & 15 : byte >> 4;
      values.push_back(d * scale * q - dmin * min);
    }
  }
}

void add_q6_k(const BlockQ6_K& block, std::vector<double>& values) {
  const auto d = static_cast<double>(half_value(block.d));
  for (std::size_t i = 0; i < 256; ++i) {
    const std::size_t half = i / 128;
    const std::size_t quarter = i % 128 / 32;
    const std::size_t at = i % 32;
    const int low = block.low[half * 64 + quarter % 2 * 32 + at];
    const int high = block.high[half * 32 + at];
    const int bits = (quarter < 2 ? low & 15 : low >> 4) | ((high >> (2 * quarter)) & 3) << 4;
    values.push_back(d * block.scales[i / 16] * (bits - 32));
  }
}

void add_q8_0(const BlockQ8_0& block, std::vector<double>& values) {
  for (const std::int8_t q : block.q)
    values.push_back(static_cast<double>(half_value(block.d)) * q);
}

void add_q4_0(const BlockQ4_0& block, std::vector<double>& values) {
  const auto d = static_cast<double>(half_value(block.d));
  for (const std::uint8_t q : block.q) values.push_back(d * ((q & 15) - 8));
  for (const std::uint8_t q : block.q) values.push_back(d * ((q >> 4) - 8));
}

template <typename Block, typename Add>
std::vector<double> values_of_blocks(const std::byte* from, std::size_t k, std::size_t block_values,
                                     Add&& add) {
  std::vector<double> values;
  values.reserve(k);
  for (std::size_t b = 0; b < k / block_values; ++b) {
    add(loaded<Block>(from + b * sizeof(Block)), values);
  }
  return values;
}

template <typename T, typename Value>
std::vector<double> values_of_numbers(const std::byte* from, std::size_t k, Value&& value) {
  std::vector<double> values;
  values.reserve(k);
  for (std::size_t i = 0; i < k; ++i) {
    values.push_back(static_cast<double>(value(loaded<T>(from + i * sizeof(T)))));
  }
  return values;
}

}  // namespace

std::size_t activation_bytes(ActivationFormat format, std::size_t k) {
  std::size_t bytes = 0;
  switch (format) {
    case ActivationFormat::F32:
      bytes = k * sizeof(float);
      break;
    case ActivationFormat::F16:
    case ActivationFormat::BF16:
      bytes = k * sizeof(std::uint16_t);
      break;
    case ActivationFormat::Int8Channel:
      bytes = k + sizeof(float);
      break;
    case ActivationFormat::Q8_0:
      bytes = k / 32 * sizeof(BlockQ8_0);
      break;
    case ActivationFormat::Q8_K:
      bytes = k / 256 * sizeof(BlockQ8_K);
      break;
  }
  return (bytes + kCacheLine - 1) / kCacheLine * kCacheLine;
}

std::vector<std::byte> random_weights(WeightFormat format, std::size_t rows, std::size_t k,
                                      std::uint64_t seed) {
  if (plain_format(format) != format) {
    return interleaved(format, random_weights(plain_format(format), rows, k, seed), k);
  }
  std::mt19937_64 random(seed);
  ScaleMaker scale(random);
  const std::size_t bytes = row_bytes(format, k);
  std::vector<std::byte> weights(rows * bytes);
  const bool floats = format <= WeightFormat::BF16;
  if (!floats) {
    for (std::size_t i = 0; i < weights.size(); i += sizeof(std::uint64_t)) {
      const std::uint64_t bits = random();
      std::memcpy(weights.data() + i, &bits, std::min(sizeof bits, weights.size() - i));
    }
  }
  for (std::size_t r = 0; r < rows; ++r) {
    std::byte* const row = weights.data() + r * bytes;
    if (floats) {
      put_floats(format, row, k, random);
    } else {
      put_scales(format, row, k, scale);
    }
  }
  return weights;
}

std::vector<double> weight_values(WeightFormat format, const std::byte* row, std::size_t k) {
  switch (format) {
    case WeightFormat::F32:
      return values_of_numbers<float>(row, k, [](float x) { return x; });
    case WeightFormat::F16:
      return values_of_numbers<std::uint16_t>(row, k, half_value);
    case WeightFormat::BF16:
      return values_of_numbers<std::uint16_t>(row, k, bfloat_value);
    case WeightFormat::Int8Channel: {
      const auto scale = static_cast<double>(half_value(loaded<std::uint16_t>(row + k)));
      return values_of_numbers<std::int8_t>(row, k, [&](std::int8_t q) { return scale * q; });
    }
    case WeightFormat::Q8_0:
      return values_of_blocks<BlockQ8_0>(row, k, 32, add_q8_0);
    case WeightFormat::Q4_0:
      return values_of_blocks<BlockQ4_0>(row, k, 32, add_q4_0);
    case WeightFormat::Q4_K:
      return values_of_blocks<BlockQ4_K>(row, k, 256, add_q4_k);
    case WeightFormat::Q6_K:
      return values_of_blocks<BlockQ6_K>(row, k, 256, add_q6_k);
    case WeightFormat::Q4_0_8x8:
    case WeightFormat::Q4_K_8x8:
      return weight_values(plain_format(format), plain_row(format, row, 0, k).data(), k);
  }
  return {};
}

std::vector<double> activation_values(ActivationFormat format, const std::byte* activations,
                                      std::size_t k) {
  switch (format) {
    case ActivationFormat::F32:
      return weight_values(WeightFormat::F32, activations, k);
    case ActivationFormat::F16:
      return weight_values(WeightFormat::F16, activations, k);
    case ActivationFormat::BF16:
      return weight_values(WeightFormat::BF16, activations, k);
    case ActivationFormat::Int8Channel: {
      const auto scale = static_cast<double>(loaded<float>(activations + k));
      return values_of_numbers<std::int8_t>(activations, k,
                                            [&](std::int8_t q) { return scale * q; });
    }
    case ActivationFormat::Q8_0:
      return values_of_blocks<BlockQ8_0>(activations, k, 32, add_q8_0);
    case ActivationFormat::Q8_K:
      return values_of_blocks<BlockQ8_K>(activations, k, 256,
                                         [](const BlockQ8_K& block, std::vector<double>& values) {
                                           for (const std::int8_t q : block.q)
                                             values.push_back(static_cast<double>(block.d) * q);
                                         });
  }
  return {};
}

std::vector<float> random_activations(std::size_t k, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<float> value(0.0F, 1.0F);
  std::vector<float> activations(k);
  for (float& x : activations) x = value(random);
  return activations;
}

double gemv_error(WeightFormat format, const std::byte* weights, std::size_t k,
                  const std::byte* activations, std::span<const float> y, std::size_t first) {
  const std::vector<double> x = activation_values(facts_of(format).activations, activations, k);
  double worst = 0.0;
  for (std::size_t r = 0; r < y.size(); ++r) {
    const std::vector<std::byte> row = plain_row(format, weights, first + r, k);
    const std::vector<double> w = weight_values(plain_format(format), row.data(), k);
    double sum = 0.0;
    double size = 0.0;
    for (std::size_t i = 0; i < k; ++i) {
      sum += w[i] * x[i];
      size += std::abs(w[i] * x[i]);
    }
    const double off = std::abs(static_cast<double>(y[r]) - sum);
    // Zero weights or activations must give zero exactly; a NaN is infinitely wrong.
    const double share = off == 0.0 ? 0.0 : off / std::max(size, 1e-30);
    worst = std::isnan(share) ? std::numeric_limits<double>::infinity() : std::max(worst, share);
  }
  return worst;
}

}  // namespace foretoken::probe
