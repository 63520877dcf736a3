// Q8_0, Q4_0 and int8_channel: blocks of 32 against int8 activations.

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "probe/blocks.h"
#include "probe/gemv_kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "probe/gemv_block.cpp"
#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#if HWY_TARGET != HWY_SCALAR
#include "probe/dot_products-inl.h"
#endif

HWY_BEFORE_NAMESPACE();
namespace foretoken::probe::HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR

void gemv_q8_0(const std::byte* weights, std::size_t rows, std::size_t k,
               const std::byte* activations, float* y) {
  plain_gemv(WeightFormat::Q8_0, weights, rows, k, activations, y);
}

void gemv_q8_0_ahead(const std::byte* weights, std::size_t rows, std::size_t k,
                     const std::byte* activations, float* y) {
  plain_gemv(WeightFormat::Q8_0, weights, rows, k, activations, y);
}

void gemv_q4_0(const std::byte* weights, std::size_t rows, std::size_t k,
               const std::byte* activations, float* y) {
  plain_gemv(WeightFormat::Q4_0, weights, rows, k, activations, y);
}

void gemv_int8(const std::byte* weights, std::size_t rows, std::size_t k,
               const std::byte* activations, float* y) {
  plain_gemv(WeightFormat::Int8Channel, weights, rows, k, activations, y);
}

#else

constexpr std::size_t kBlock = 32;

HWY_INLINE hn::Vec<I32> q8_0_products(const BlockQ8_0& w, const BlockQ8_0& x) {
  const I8 d;
  auto sum = hn::Zero(I32());
  for (std::size_t i = 0; i < kBlock; i += kVectorBytes) {
    sum = add_dot(hn::LoadU(d, &w.q[i]), hn::LoadU(d, &x.q[i]), sum);
  }
  return sum;
}

/// The 32 nibbles of a block in their order, of which the vector at `at`.
HWY_INLINE hn::Vec<I8> q4_0_values(const BlockQ4_0& w, std::size_t at) {
  const hn::CappedTag<std::uint8_t, 16> half;
  const auto bytes = hn::LoadU(half, w.q.data());
  const auto low = hn::And(bytes, hn::Set(half, 0x0f));
  const auto high = hn::ShiftRight<4>(bytes);
  const I8 di;
#if FORETOKEN_PAIRS_AVX2
  (void)at;
  const auto nibbles = hn::Combine(U8(), high, low);
#else
  const auto nibbles = at == 0 ? low : high;
#endif
  return hn::Sub(hn::BitCast(di, nibbles), hn::Set(di, 8));
}

HWY_INLINE hn::Vec<I32> q4_0_products(const BlockQ4_0& w, const BlockQ8_0& x) {
  auto sum = hn::Zero(I32());
  for (std::size_t i = 0; i < kBlock; i += kVectorBytes) {
    sum = add_dot(q4_0_values(w, i), hn::LoadU(I8(), &x.q[i]), sum);
  }
  return sum;
}

HWY_INLINE hn::Vec<I32> products(const BlockQ8_0& w, const BlockQ8_0& x) {
  return q8_0_products(w, x);
}
HWY_INLINE hn::Vec<I32> products(const BlockQ4_0& w, const BlockQ8_0& x) {
  return q4_0_products(w, x);
}

/// Two blocks a turn, so that the sums of one do not wait for those of the other. `kAhead`: bytes
/// by which weights are asked for ahead; 0: not at all, as llama.cpp.
template <std::size_t kAhead, typename Block>
HWY_INLINE float row_of_blocks(const Block* w, const BlockQ8_0* x, std::size_t blocks) {
  const F32 d;
  auto even = hn::Zero(d);
  auto odd = hn::Zero(d);
  for (std::size_t b = 0; b < blocks; b += 2) {
    if constexpr (kAhead > 0) hwy::Prefetch(reinterpret_cast<const std::byte*>(w + b) + kAhead);
    const auto scale0 = hn::Set(d, float_of_half(w[b].d) * float_of_half(x[b].d));
    even = hn::MulAdd(scale0, hn::ConvertTo(d, products(w[b], x[b])), even);
    const auto scale1 = hn::Set(d, float_of_half(w[b + 1].d) * float_of_half(x[b + 1].d));
    odd = hn::MulAdd(scale1, hn::ConvertTo(d, products(w[b + 1], x[b + 1])), odd);
  }
  return sum_of(hn::Add(even, odd));
}

template <typename Block, std::size_t kAhead = 0>
void gemv_of_blocks(const std::byte* weights, std::size_t rows, std::size_t k,
                    const std::byte* activations, float* y) {
  const std::size_t blocks = k / kBlock;
  const auto* const x = reinterpret_cast<const BlockQ8_0*>(activations);
  const auto* w = reinterpret_cast<const Block*>(weights);
  for (std::size_t r = 0; r < rows; ++r, w += blocks) y[r] = row_of_blocks<kAhead>(w, x, blocks);
}

void gemv_q8_0(const std::byte* weights, std::size_t rows, std::size_t k,
               const std::byte* activations, float* y) {
  gemv_of_blocks<BlockQ8_0>(weights, rows, k, activations, y);
}

void gemv_q8_0_ahead(const std::byte* weights, std::size_t rows, std::size_t k,
                     const std::byte* activations, float* y) {
  constexpr std::size_t kAhead = 2048;
  gemv_of_blocks<BlockQ8_0, kAhead>(weights, rows, k, activations, y);
}

void gemv_q4_0(const std::byte* weights, std::size_t rows, std::size_t k,
               const std::byte* activations, float* y) {
  gemv_of_blocks<BlockQ4_0>(weights, rows, k, activations, y);
}

void gemv_int8(const std::byte* weights, std::size_t rows, std::size_t k,
               const std::byte* activations, float* y) {
  const I8 d;
  const auto* const x = reinterpret_cast<const std::int8_t*>(activations);
  float x_scale = 0.0F;
  std::memcpy(&x_scale, activations + k, sizeof x_scale);
  const std::size_t bytes = row_bytes(WeightFormat::Int8Channel, k);
  for (std::size_t r = 0; r < rows; ++r) {
    const std::byte* const row = weights + r * bytes;
    const auto* const w = reinterpret_cast<const std::int8_t*>(row);
    auto even = hn::Zero(I32());
    auto odd = hn::Zero(I32());
    for (std::size_t i = 0; i < k; i += 2 * kVectorBytes) {
      even = add_dot(hn::LoadU(d, w + i), hn::LoadU(d, x + i), even);
      odd = add_dot(hn::LoadU(d, w + i + kVectorBytes), hn::LoadU(d, x + i + kVectorBytes), odd);
    }
    const I32 d32;
    const auto sum = hn::GetLane(hn::SumOfLanes(d32, hn::Add(even, odd)));
    std::uint16_t scale = 0;
    std::memcpy(&scale, row + k, sizeof scale);
    y[r] = static_cast<float>(sum) * (float_of_half(scale) * x_scale);
  }
}

#endif  // HWY_SCALAR

}  // namespace foretoken::probe::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace foretoken::probe {

HWY_EXPORT(gemv_q8_0);
HWY_EXPORT(gemv_q8_0_ahead);
HWY_EXPORT(gemv_q4_0);
HWY_EXPORT(gemv_int8);

GemvKernel prefetching_kernel() { return &HWY_DYNAMIC_DISPATCH(gemv_q8_0_ahead); }

GemvKernel block_kernel(WeightFormat format) {
  switch (format) {
    case WeightFormat::Q8_0:
      return &HWY_DYNAMIC_DISPATCH(gemv_q8_0);
    case WeightFormat::Q4_0:
      return &HWY_DYNAMIC_DISPATCH(gemv_q4_0);
    default:
      return &HWY_DYNAMIC_DISPATCH(gemv_int8);
  }
}

}  // namespace foretoken::probe
#endif
