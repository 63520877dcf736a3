#include <array>
#include <cstdint>
#include <cstring>

#include "probe/blocks.h"
#include "probe/gemv_kernels.h"
#include "probe/interleaved.h"
#include "probe/number_bits.h"

namespace foretoken::probe {
namespace {

template <typename T>
T loaded(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}

int dot(const std::int8_t* a, const std::int8_t* b, std::size_t count) {
  int sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += a[i] * b[i];
  return sum;
}

float product(const BlockQ8_0& w, const BlockQ8_0& x) {
  const auto sum = static_cast<float>(dot(w.q.data(), x.q.data(), w.q.size()));
  return sum * half_value(w.d) * half_value(x.d);
}

float product(const BlockQ4_0& w, const BlockQ8_0& x) {
  int sum = 0;
  for (std::size_t i = 0; i < w.q.size(); ++i) {
    sum += ((w.q[i] & 15) - 8) * x.q[i] + ((w.q[i] >> 4) - 8) * x.q[i + 16];
  }
  return static_cast<float>(sum) * half_value(w.d) * half_value(x.d);
}

float product(const BlockQ4_K& w, const BlockQ8_K& x) {
  int sum = 0;
  int sum_of_mins = 0;
  for (std::size_t group = 0; group < 8; ++group) {
    const auto [scale, min] = scale_and_min(w.scales.data(), group);
    int products = 0;
    for (std::size_t i = 0; i < 32; ++i) {
      const int byte = w.q[group / 2 * 32 + i];
      products += (group % 2 == 0 ? byte & 15 : byte >> 4) * x.q[group * 32 + i];
    }
    sum += scale * products;
    sum_of_mins += min * (x.sums[2 * group] + x.sums[2 * group + 1]);
  }
  return x.d * (half_value(w.d) * static_cast<float>(sum) -
                half_value(w.dmin) * static_cast<float>(sum_of_mins));
}

float product(const BlockQ6_K& w, const BlockQ8_K& x) {
  int sum = 0;
  for (std::size_t group = 0; group < 16; ++group) {
    const std::size_t half = group / 8;
    const std::size_t quarter = group % 8 / 2;
    int products = 0;
    for (std::size_t i = 0; i < 16; ++i) {
      const std::size_t at = group % 2 * 16 + i;
      const int low = w.low[half * 64 + quarter % 2 * 32 + at];
      const int upper = (w.high[half * 32 + at] >> (2 * quarter)) & 3;
      const int q = ((quarter < 2 ? low & 15 : low >> 4) | upper << 4) - 32;
      products += q * x.q[group * 16 + i];
    }
    sum += w.scales[group] * products;
  }
  return half_value(w.d) * x.d * static_cast<float>(sum);
}

template <typename Weights, typename Activations>
float row_of_blocks(const std::byte* w, const std::byte* x, std::size_t blocks) {
  float sum = 0.0F;
  for (std::size_t b = 0; b < blocks; ++b) {
    sum += product(loaded<Weights>(w + b * sizeof(Weights)),
                   loaded<Activations>(x + b * sizeof(Activations)));
  }
  return sum;
}

float row_of_int8(const std::byte* w, const std::byte* x, std::size_t k) {
  const int sum =
      dot(reinterpret_cast<const std::int8_t*>(w), reinterpret_cast<const std::int8_t*>(x), k);
  return static_cast<float>(sum) * half_value(loaded<std::uint16_t>(w + k)) * loaded<float>(x + k);
}

}  // namespace

void plain_gemv(WeightFormat format, const std::byte* weights, std::size_t rows, std::size_t k,
                const std::byte* activations, float* y) {
  const std::size_t bytes = row_bytes(format, k);
  for (std::size_t r = 0; r < rows; ++r) {
    const std::byte* const row = weights + r * bytes;
    switch (format) {
      case WeightFormat::Q8_0:
        y[r] = row_of_blocks<BlockQ8_0, BlockQ8_0>(row, activations, k / 32);
        break;
      case WeightFormat::Q4_0:
        y[r] = row_of_blocks<BlockQ4_0, BlockQ8_0>(row, activations, k / 32);
        break;
      case WeightFormat::Q4_K:
        y[r] = row_of_blocks<BlockQ4_K, BlockQ8_K>(row, activations, k / 256);
        break;
      case WeightFormat::Q6_K:
        y[r] = row_of_blocks<BlockQ6_K, BlockQ8_K>(row, activations, k / 256);
        break;
      case WeightFormat::Int8Channel:
        y[r] = row_of_int8(row, activations, k);
        break;
      case WeightFormat::Q4_0_8x8:
      case WeightFormat::Q4_K_8x8:
        plain_gemv(plain_format(format), plain_row(format, weights, r, k).data(), 1, k, activations,
                   y + r);
        break;
      case WeightFormat::F32:
      case WeightFormat::F16:
      case WeightFormat::BF16:
        break;  // the vector kernel of one lane does these
    }
  }
}

}  // namespace foretoken::probe
