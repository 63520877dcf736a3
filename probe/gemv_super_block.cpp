// Q4_K and Q6_K: super-blocks of 256 against int8 activations with their sums.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "probe/blocks.h"
#include "probe/gemv_kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "probe/gemv_super_block.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#if HWY_TARGET != HWY_SCALAR
#include "probe/dot_products-inl.h"
#endif

HWY_BEFORE_NAMESPACE();
namespace foretoken::probe::HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR

void gemv_q4_k(const std::byte* weights, std::size_t rows, std::size_t k,
               const std::byte* activations, float* y) {
  plain_gemv(WeightFormat::Q4_K, weights, rows, k, activations, y);
}

void gemv_q6_k(const std::byte* weights, std::size_t rows, std::size_t k,
               const std::byte* activations, float* y) {
  plain_gemv(WeightFormat::Q6_K, weights, rows, k, activations, y);
}

#else

constexpr std::size_t kSuperBlock = 256;

/// 8 scales and 8 mins of 6 bits, a byte each, unpacked four at a time within 32-bit words.
struct ScalesAndMins {
  std::array<std::uint32_t, 2> scales;
  std::array<std::uint32_t, 2> mins;
};

HWY_INLINE ScalesAndMins scales_and_mins(const BlockQ4_K& w) {
  std::array<std::uint32_t, 3> words;
  std::memcpy(words.data(), w.scales.data(), sizeof words);
  constexpr std::uint32_t kSix = 0x3f3f3f3f;
  constexpr std::uint32_t kFour = 0x0f0f0f0f;
  constexpr std::uint32_t kUpperTwo = 0x30303030;
  return {.scales = {words[0] & kSix, (words[2] & kFour) | ((words[0] >> 2U) & kUpperTwo)},
          .mins = {words[1] & kSix, ((words[2] >> 4U) & kFour) | ((words[1] >> 2U) & kUpperTwo)}};
}

/// The 8 bytes as 16-bit values in every 128 bits of a vector.
HWY_INLINE hn::Vec<I16> widened_scales(const std::array<std::uint32_t, 2>& scales) {
  const hn::CappedTag<std::uint8_t, 8> bytes;
  const hn::Rebind<std::int16_t, decltype(bytes)> wide;
  const auto eight =
      hn::PromoteTo(wide, hn::LoadU(bytes, reinterpret_cast<const std::uint8_t*>(scales.data())));
#if FORETOKEN_PAIRS_AVX2
  return hn::Combine(I16(), eight, eight);
#else
  return eight;
#endif
}

/// Value `kLane` of every 128 bits in all of their lanes.
template <int kLane>
HWY_INLINE hn::Vec<I16> in_all_lanes(hn::Vec<I16> v) {
  const U16 d;
  const auto from = hn::Set(d, static_cast<std::uint16_t>(0x0100 + kLane * 0x0202));
  return hn::TableLookupBytes(v, hn::BitCast(I16(), from));
}

/// Two groups of 32, whose nibbles share 32 bytes.
template <int kPair>
HWY_INLINE hn::Vec<I32> q4_k_products(const BlockQ4_K& w, const BlockQ8_K& x, hn::Vec<I16> scales,
                                      hn::Vec<I32> sum) {
  const U8 d;
  const I8 di;
  const auto scale_low = in_all_lanes<2 * kPair>(scales);
  const auto scale_high = in_all_lanes<2 * kPair + 1>(scales);
  const std::uint8_t* const q = w.q.data() + 32 * kPair;
  const std::int8_t* const a = x.q.data() + 64 * kPair;
  for (std::size_t i = 0; i < 32; i += kVectorBytes) {
    const auto bytes = hn::LoadU(d, q + i);
    const auto low = hn::And(bytes, hn::Set(d, 0x0f));
    const auto high = hn::ShiftRight<4>(bytes);
    sum = add_products(scale_low, pair_sums(low, hn::LoadU(di, a + i)), sum);
    sum = add_products(scale_high, pair_sums(high, hn::LoadU(di, a + 32 + i)), sum);
  }
  return sum;
}

/// Sum over the groups of min times the sum of the activations, whose halves of 16 stand apart.
HWY_INLINE hn::Vec<I32> q4_k_min_products(const ScalesAndMins& s, const BlockQ8_K& x) {
  const hn::CappedTag<std::uint8_t, 16> bytes;
  const auto eight = hn::LoadU(hn::CappedTag<std::uint8_t, 8>(),
                               reinterpret_cast<const std::uint8_t*>(s.mins.data()));
  const auto mins = hn::ZeroExtendVector(bytes, eight);
  const auto twice = hn::InterleaveLower(bytes, mins, mins);
  const I16 d;
#if FORETOKEN_PAIRS_AVX2
  return add_products(hn::PromoteTo(d, twice), hn::LoadU(d, x.sums.data()), hn::Zero(I32()));
#else
  const auto lower = hn::PromoteTo(d, hn::LowerHalf(twice));
  const auto upper = hn::PromoteTo(d, hn::UpperHalf(hn::CappedTag<std::uint8_t, 8>(), twice));
  const auto sum = add_products(lower, hn::LoadU(d, x.sums.data()), hn::Zero(I32()));
  return add_products(upper, hn::LoadU(d, x.sums.data() + 8), sum);
#endif
}

void gemv_q4_k(const std::byte* weights, std::size_t rows, std::size_t k,
               const std::byte* activations, float* y) {
  const F32 d;
  const std::size_t blocks = k / kSuperBlock;
  const auto* const x = reinterpret_cast<const BlockQ8_K*>(activations);
  const auto* w = reinterpret_cast<const BlockQ4_K*>(weights);
  for (std::size_t r = 0; r < rows; ++r, w += blocks) {
    auto total = hn::Zero(d);
    auto total_of_mins = hn::Zero(d);
    for (std::size_t b = 0; b < blocks; ++b) {
      const ScalesAndMins s = scales_and_mins(w[b]);
      const auto scales = widened_scales(s.scales);
      auto sum = q4_k_products<0>(w[b], x[b], scales, hn::Zero(I32()));
      sum = q4_k_products<1>(w[b], x[b], scales, sum);
      sum = q4_k_products<2>(w[b], x[b], scales, sum);
      sum = q4_k_products<3>(w[b], x[b], scales, sum);
      const auto scale = hn::Set(d, float_of_half(w[b].d) * x[b].d);
      total = hn::MulAdd(scale, hn::ConvertTo(d, sum), total);
      const auto min_scale = hn::Set(d, float_of_half(w[b].dmin) * x[b].d);
      const auto mins = hn::ConvertTo(d, q4_k_min_products(s, x[b]));
      total_of_mins = hn::MulAdd(min_scale, mins, total_of_mins);
    }
    y[r] = sum_of(hn::Sub(total, total_of_mins));
  }
}

/// Scales of the groups of 16 from `16 * kFirst` on, in the lanes that these values have.
template <int kFirst>
HWY_INLINE hn::Vec<I16> q6_k_scales(const std::int8_t* scales) {
#if FORETOKEN_PAIRS_AVX2
  const hn::CappedTag<std::int8_t, 16> bytes;
  const hn::Repartition<std::uint64_t, decltype(bytes)> words;
  alignas(16) static constexpr std::array<std::uint64_t, 2> kFrom{
      kFirst * 0x0101010101010101ULL, (kFirst + 1) * 0x0101010101010101ULL};
  const auto from = hn::BitCast(bytes, hn::Load(words, kFrom.data()));
  return hn::PromoteTo(I16(), hn::TableLookupBytes(hn::LoadU(bytes, scales), from));
#else
  return hn::Set(I16(), scales[kFirst]);
#endif
}

/// Bits 4 and 5 of each byte after a shift to the left; those shifted in from the byte beside it
/// fall to the mask.
template <int kShift>
HWY_INLINE hn::Vec<U8> upper_bits(hn::Vec<U8> v) {
  const U8 d;
  auto words = hn::BitCast(U16(), v);
  if constexpr (kShift > 0) words = hn::ShiftLeft<kShift>(words);
  if constexpr (kShift < 0) words = hn::ShiftRight<-kShift>(words);
  return hn::And(hn::BitCast(d, words), hn::Set(d, 0x30));
}

/// 6-bit values less 32, times activations, times the scale.
template <int kFirst>
HWY_INLINE hn::Vec<I32> q6_k_products(hn::Vec<U8> low, hn::Vec<U8> high, const BlockQ6_K& w,
                                      const BlockQ8_K& x, hn::Vec<I32> sum) {
  const auto values = hn::Or(low, high);
  const auto a = hn::LoadU(I8(), x.q.data() + 16 * kFirst);
  const auto pairs = hn::Sub(pair_sums(values, a), pair_sums(hn::Set(U8(), 32), a));
  return add_products(q6_k_scales<kFirst>(w.scales.data()), pairs, sum);
}

/// Of half `kHalf` of a super-block the values at kAt and later within each group of 32.
template <int kHalf, int kAt>
HWY_INLINE hn::Vec<I32> q6_k_quarters(const BlockQ6_K& w, const BlockQ8_K& x, hn::Vec<I32> sum) {
  const U8 d;
  constexpr int kGroup = 8 * kHalf + kAt / 16;
  const auto four = hn::Set(d, 0x0f);
  const auto low0 = hn::LoadU(d, w.low.data() + 64 * kHalf + kAt);
  const auto low1 = hn::LoadU(d, w.low.data() + 64 * kHalf + 32 + kAt);
  const auto high = hn::LoadU(d, w.high.data() + 32 * kHalf + kAt);
  sum = q6_k_products<kGroup>(hn::And(low0, four), upper_bits<4>(high), w, x, sum);
  sum = q6_k_products<kGroup + 2>(hn::And(low1, four), upper_bits<2>(high), w, x, sum);
  sum = q6_k_products<kGroup + 4>(hn::ShiftRight<4>(low0), upper_bits<0>(high), w, x, sum);
  return q6_k_products<kGroup + 6>(hn::ShiftRight<4>(low1), upper_bits<-2>(high), w, x, sum);
}

template <int kHalf>
HWY_INLINE hn::Vec<I32> q6_k_half(const BlockQ6_K& w, const BlockQ8_K& x, hn::Vec<I32> sum) {
  sum = q6_k_quarters<kHalf, 0>(w, x, sum);
#if !FORETOKEN_PAIRS_AVX2
  sum = q6_k_quarters<kHalf, 16>(w, x, sum);
#endif
  return sum;
}

void gemv_q6_k(const std::byte* weights, std::size_t rows, std::size_t k,
               const std::byte* activations, float* y) {
  const F32 d;
  const std::size_t blocks = k / kSuperBlock;
  const auto* const x = reinterpret_cast<const BlockQ8_K*>(activations);
  const auto* w = reinterpret_cast<const BlockQ6_K*>(weights);
  for (std::size_t r = 0; r < rows; ++r, w += blocks) {
    auto total = hn::Zero(d);
    for (std::size_t b = 0; b < blocks; ++b) {
      auto sum = q6_k_half<0>(w[b], x[b], hn::Zero(I32()));
      sum = q6_k_half<1>(w[b], x[b], sum);
      const auto scale = hn::Set(d, float_of_half(w[b].d) * x[b].d);
      total = hn::MulAdd(scale, hn::ConvertTo(d, sum), total);
    }
    y[r] = sum_of(total);
  }
}

#endif  // HWY_SCALAR

}  // namespace foretoken::probe::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace foretoken::probe {

HWY_EXPORT(gemv_q4_k);
HWY_EXPORT(gemv_q6_k);

GemvKernel super_block_kernel(WeightFormat format) {
  return format == WeightFormat::Q4_K ? &HWY_DYNAMIC_DISPATCH(gemv_q4_k)
                                      : &HWY_DYNAMIC_DISPATCH(gemv_q6_k);
}

}  // namespace foretoken::probe
#endif
