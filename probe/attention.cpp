#include "probe/attention.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "probe/number_bits.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "probe/attention.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace foretoken::probe::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using F = hn::CappedTag<float, 8>;

HWY_INLINE hn::Vec<F> floats(const std::uint16_t* halves) {
  const hn::Rebind<hwy::float16_t, F> dh;
  return hn::PromoteTo(F(), hn::LoadU(dh, reinterpret_cast<const hwy::float16_t*>(halves)));
}

HWY_INLINE float dot(const std::uint16_t* a, const std::uint16_t* b, std::size_t count) {
  const F d;
  const std::size_t lanes = hn::Lanes(d);
  auto even = hn::Zero(d);
  auto odd = even;
  for (std::size_t i = 0; i < count; i += 2 * lanes) {
    even = hn::MulAdd(floats(a + i), floats(b + i), even);
    odd = hn::MulAdd(floats(a + i + lanes), floats(b + i + lanes), odd);
  }
  return hn::GetLane(hn::SumOfLanes(d, hn::Add(even, odd)));
}

/// sum = sum * keep + value * weight
HWY_INLINE void add_weighted(float* sum, float keep, const std::uint16_t* value, float weight,
                             std::size_t count) {
  const F d;
  const auto factor = hn::Set(d, weight);
  const auto kept = hn::Set(d, keep);
  for (std::size_t i = 0; i < count; i += hn::Lanes(d)) {
    const auto scaled = hn::Mul(hn::Load(d, sum + i), kept);
    hn::Store(hn::MulAdd(floats(value + i), factor, scaled), d, sum + i);
  }
}

void attend_head(const KvCache& cache, std::size_t head_kv, const std::uint16_t* query,
                 float* out) {
  const std::size_t row = cache.heads_kv * cache.head_dim;
  const float scale = 1.0F / std::sqrt(static_cast<float>(cache.head_dim));
  HWY_ALIGN std::array<float, kLargestHead> sum{};
  float largest = -std::numeric_limits<float>::infinity();
  float total = 0.0F;
  for (std::size_t t = 0; t < cache.kv_len; ++t) {
    const std::size_t at = t * row + head_kv * cache.head_dim;
    const float score = scale * dot(cache.keys + at, query, cache.head_dim);
    // Weights are relative to the largest score so far; a larger one shrinks what is summed.
    float keep = 1.0F;
    if (score > largest) {
      keep = std::exp(largest - score);
      largest = score;
    }
    const float weight = std::exp(score - largest);
    total = total * keep + weight;
    add_weighted(sum.data(), keep, cache.values + at, weight, cache.head_dim);
  }
  for (std::size_t i = 0; i < cache.head_dim; ++i) out[i] = sum[i] / total;
}

}  // namespace foretoken::probe::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace foretoken::probe {

HWY_EXPORT(attend_head);

void attend(const KvCache& cache, std::size_t head_kv, const std::uint16_t* query, float* out) {
  HWY_DYNAMIC_DISPATCH(attend_head)(cache, head_kv, query, out);
}

std::vector<double> attended(const KvCache& cache, std::size_t head_kv,
                             const std::uint16_t* query) {
  const std::size_t row = cache.heads_kv * cache.head_dim;
  std::vector<double> scores;
  for (std::size_t t = 0; t < cache.kv_len; ++t) {
    const std::uint16_t* const key = cache.keys + t * row + head_kv * cache.head_dim;
    double sum = 0.0;
    for (std::size_t i = 0; i < cache.head_dim; ++i) {
      sum += static_cast<double>(half_value(key[i])) * static_cast<double>(half_value(query[i]));
    }
    scores.push_back(sum / std::sqrt(static_cast<double>(cache.head_dim)));
  }
  const double largest = *std::max_element(scores.begin(), scores.end());
  std::vector<double> out(cache.head_dim, 0.0);
  double total = 0.0;
  for (std::size_t t = 0; t < cache.kv_len; ++t) {
    const double weight = std::exp(scores[t] - largest);
    total += weight;
    const std::uint16_t* const value = cache.values + t * row + head_kv * cache.head_dim;
    for (std::size_t i = 0; i < cache.head_dim; ++i)
      out[i] += weight * static_cast<double>(half_value(value[i]));
  }
  for (double& x : out) x /= total;
  return out;
}

}  // namespace foretoken::probe
#endif
