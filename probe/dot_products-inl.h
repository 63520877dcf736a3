/// Integer products of 8-bit values, for each target that Highway compiles: included once a target.

#if defined(FORETOKEN_PROBE_DOT_PRODUCTS) == defined(HWY_TARGET_TOGGLE)
#ifdef FORETOKEN_PROBE_DOT_PRODUCTS
#undef FORETOKEN_PROBE_DOT_PRODUCTS
#else
#define FORETOKEN_PROBE_DOT_PRODUCTS
#endif

#include <cstddef>
#include <cstdint>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace foretoken::probe::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Vectors hold 32 bytes at most, the block of most formats, or 16.
using U8 = hn::CappedTag<std::uint8_t, 32>;
using I8 = hn::RebindToSigned<U8>;
using U16 = hn::Repartition<std::uint16_t, U8>;
using I16 = hn::Repartition<std::int16_t, U8>;
using I32 = hn::Repartition<std::int32_t, U8>;
using F32 = hn::Repartition<float, U8>;
inline constexpr std::size_t kVectorBytes = hn::MaxLanes(U8());

#undef FORETOKEN_PAIRS_AVX2
#undef FORETOKEN_PAIRS_SSSE3
#if HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
#define FORETOKEN_PAIRS_AVX2 1
#else
#define FORETOKEN_PAIRS_AVX2 0
#endif
#if HWY_TARGET == HWY_SSSE3 || HWY_TARGET == HWY_SSE4
#define FORETOKEN_PAIRS_SSSE3 1
#else
#define FORETOKEN_PAIRS_SSSE3 0
#endif

/// Products of neighbours, a unsigned and b signed, added two by two to 16 bits; the sums must fit.
HWY_INLINE hn::Vec<I16> pair_sums(hn::Vec<U8> a, hn::Vec<I8> b) {
#if FORETOKEN_PAIRS_AVX2
  return hn::Vec<I16>{_mm256_maddubs_epi16(a.raw, b.raw)};
#elif FORETOKEN_PAIRS_SSSE3
  return hn::Vec<I16>{_mm_maddubs_epi16(a.raw, b.raw)};
#else
  const I16 d;
  const U16 du;
  const auto a16 = hn::BitCast(du, a);
  const auto b16 = hn::BitCast(d, b);
  const auto even_a = hn::BitCast(d, hn::And(a16, hn::Set(du, 0xff)));
  const auto odd_a = hn::BitCast(d, hn::ShiftRight<8>(a16));
  const auto even_b = hn::ShiftRight<8>(hn::ShiftLeft<8>(b16));
  const auto odd_b = hn::ShiftRight<8>(b16);
  return hn::Add(hn::Mul(even_a, even_b), hn::Mul(odd_a, odd_b));
#endif
}

/// Sum of neighbouring products of 16-bit values, in some order of lanes, added to `sum`.
HWY_INLINE hn::Vec<I32> add_products(hn::Vec<I16> a, hn::Vec<I16> b, hn::Vec<I32> sum) {
  const I32 d;
  auto other = hn::Zero(d);
  sum = hn::ReorderWidenMulAccumulate(d, a, b, sum, other);
  return hn::Add(sum, other);
}

/// Adds products of signed values to 32-bit sums, in some order of lanes. `b` is above -128.
HWY_INLINE hn::Vec<I32> add_dot(hn::Vec<I8> a, hn::Vec<I8> b, hn::Vec<I32> sum) {
  const I16 d16;
#if HWY_TARGET == HWY_AVX3_DL
  const auto size = _mm256_abs_epi8(a.raw);
  return hn::Vec<I32>{_mm256_dpbusd_epi32(sum.raw, size, _mm256_sign_epi8(b.raw, a.raw))};
#elif FORETOKEN_PAIRS_AVX2
  const auto pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(a.raw), _mm256_sign_epi8(b.raw, a.raw));
  return add_products(hn::Vec<I16>{pairs}, hn::Set(d16, 1), sum);
#elif FORETOKEN_PAIRS_SSSE3
  const auto pairs = _mm_maddubs_epi16(_mm_abs_epi8(a.raw), _mm_sign_epi8(b.raw, a.raw));
  return add_products(hn::Vec<I16>{pairs}, hn::Set(d16, 1), sum);
#else
  const auto a16 = hn::BitCast(d16, a);
  const auto b16 = hn::BitCast(d16, b);
  sum = add_products(hn::ShiftRight<8>(hn::ShiftLeft<8>(a16)),
                     hn::ShiftRight<8>(hn::ShiftLeft<8>(b16)), sum);
  return add_products(hn::ShiftRight<8>(a16), hn::ShiftRight<8>(b16), sum);
#endif
}

/// One half as a float, by the target's own instruction where it has one.
HWY_INLINE float float_of_half(const std::uint16_t& bits) {
  const hn::CappedTag<float, 1> d1;
  const hn::Rebind<hwy::float16_t, decltype(d1)> dh;
  return hn::GetLane(
      hn::PromoteTo(d1, hn::LoadU(dh, reinterpret_cast<const hwy::float16_t*>(&bits))));
}

HWY_INLINE float sum_of(hn::Vec<F32> v) {
  const F32 d;
  return hn::GetLane(hn::SumOfLanes(d, v));
}

}  // namespace foretoken::probe::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
