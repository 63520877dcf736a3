// Q4_0 and Q4_K with rows interleaved eight by eight: a lane of 32 bits is a row. Only AVX2 has
// instructions that make this worthwhile; other targets take rows apart and multiply them plainly.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "probe/gemv_kernels.h"
#include "probe/interleaved.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "probe/gemv_interleaved.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#if HWY_TARGET != HWY_SCALAR
#include "probe/dot_products-inl.h"
#endif

HWY_BEFORE_NAMESPACE();
namespace foretoken::probe::HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR || !FORETOKEN_PAIRS_AVX2

void gemv_q4_0_8x8(const std::byte* weights, std::size_t rows, std::size_t k,
                   const std::byte* activations, float* y) {
  plain_gemv(WeightFormat::Q4_0_8x8, weights, rows, k, activations, y);
}

void gemv_q4_k_8x8(const std::byte* weights, std::size_t rows, std::size_t k,
                   const std::byte* activations, float* y) {
  plain_gemv(WeightFormat::Q4_K_8x8, weights, rows, k, activations, y);
}

bool interleaves() { return false; }

#else

// Pairs of vectors that hold rows 0 to 3 and 4 to 7, 8 values each, are woven so that the lanes of
// 32 bits are these rows, four values each.
constexpr std::array<std::uint8_t, 8> kRowOfLane{0, 4, 1, 5, 2, 6, 3, 7};

HWY_INLINE __m256i loaded(const std::uint8_t* from) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
}

/// 16 activations in both halves of a vector.
HWY_INLINE __m256i twice(const std::int8_t* from) {
  return _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
}

struct Woven {
  __m256i first;   ///< of each row values 0 to 3
  __m256i second;  ///< values 4 to 7
};

HWY_INLINE Woven woven(__m256i rows0, __m256i rows4) {
  constexpr int kSwap = 0xb1;
  constexpr int kOdd = 0xaa;
  return {_mm256_blend_epi32(rows0, _mm256_shuffle_epi32(rows4, kSwap), kOdd),
          _mm256_blend_epi32(_mm256_shuffle_epi32(rows0, kSwap), rows4, kOdd)};
}

/// Activations 4 * kQuarter to 4 * kQuarter + 3 in every lane.
template <int kQuarter>
HWY_INLINE __m256i in_lanes(__m256i activations) {
  return _mm256_shuffle_epi32(activations, 0x55 * kQuarter);
}

/// Eight halves, one a row, as floats in the order of lanes.
HWY_INLINE __m256 scales_of_rows(const std::uint16_t* halves) {
  const __m128i order = _mm_setr_epi8(0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15);
  return _mm256_cvtph_ps(
      _mm_shuffle_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(halves)), order));
}

HWY_INLINE void store_rows(__m256 sums, float* y) {
  alignas(32) std::array<float, 8> lanes;
  _mm256_store_ps(lanes.data(), sums);
  for (std::size_t lane = 0; lane < lanes.size(); ++lane) y[kRowOfLane[lane]] = lanes[lane];
}

HWY_INLINE __m256i signed_nibbles(__m256i low_bits) {
  const __m256i table = _mm256_broadcastsi128_si256(
      _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, -8, -7, -6, -5, -4, -3, -2, -1));
  return _mm256_shuffle_epi8(table, low_bits);
}

/// Signed products of four neighbours, added up in lanes of 32 bits.
HWY_INLINE __m256i add_fours(__m256i w, __m256i x, __m256i sum) {
  const __m256i pairs = _mm256_maddubs_epi16(_mm256_sign_epi8(w, w), _mm256_sign_epi8(x, w));
  return _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}

template <int kFirstQuarter>
HWY_INLINE __m256i add_eights(__m256i rows0, __m256i rows4, __m256i x, __m256i sum) {
  const Woven w = woven(signed_nibbles(rows0), signed_nibbles(rows4));
  sum = add_fours(w.first, in_lanes<kFirstQuarter>(x), sum);
  return add_fours(w.second, in_lanes<kFirstQuarter + 1>(x), sum);
}

HWY_INLINE __m256i block_products(const BlockQ4_0x8& w, const BlockQ8_0& x) {
  const __m256i four = _mm256_set1_epi8(15);
  const __m256i q0 = loaded(w.q.data());
  const __m256i q1 = loaded(w.q.data() + 32);
  const __m256i q2 = loaded(w.q.data() + 64);
  const __m256i q3 = loaded(w.q.data() + 96);
  const auto low = [&](__m256i q) { return _mm256_and_si256(q, four); };
  const auto high = [&](__m256i q) { return _mm256_and_si256(_mm256_srli_epi16(q, 4), four); };
  const __m256i x0 = twice(x.q.data());
  const __m256i x1 = twice(x.q.data() + 16);
  __m256i sum = add_eights<0>(low(q0), low(q1), x0, _mm256_setzero_si256());
  sum = add_eights<2>(low(q2), low(q3), x0, sum);
  sum = add_eights<0>(high(q0), high(q1), x1, sum);
  return add_eights<2>(high(q2), high(q3), x1, sum);
}

void gemv_q4_0_8x8(const std::byte* weights, std::size_t rows, std::size_t k,
                   const std::byte* activations, float* y) {
  const std::size_t blocks = k / 32;
  const auto* const x = reinterpret_cast<const BlockQ8_0*>(activations);
  const auto* w = reinterpret_cast<const BlockQ4_0x8*>(weights);
  for (std::size_t r = 0; r < rows; r += kInterleavedRows, w += blocks) {
    __m256 total = _mm256_setzero_ps();
    for (std::size_t b = 0; b < blocks; ++b) {
      const __m256 scale =
          _mm256_mul_ps(scales_of_rows(w[b].d.data()), _mm256_set1_ps(float_of_half(x[b].d)));
      total = _mm256_fmadd_ps(_mm256_cvtepi32_ps(block_products(w[b], x[b])), scale, total);
    }
    store_rows(total, y + r);
  }
}

/// 8 scales and 8 mins of 6 bits, a byte each, one a row.
HWY_INLINE __m128i scales_and_mins(const std::uint8_t* packed) {
  std::array<std::uint32_t, 3> s;
  std::memcpy(s.data(), packed, sizeof s);
  constexpr std::uint32_t kSix = 0x3f3f3f3f;
  constexpr std::uint32_t kFour = 0x0f0f0f0f;
  constexpr std::uint32_t kUpperTwo = 0x30303030;
  return _mm_setr_epi32(static_cast<int>(s[0] & kSix),
                        static_cast<int>((s[2] & kFour) | ((s[0] >> 2U) & kUpperTwo)),
                        static_cast<int>(s[1] & kSix),
                        static_cast<int>(((s[2] >> 4U) & kFour) | ((s[1] >> 2U) & kUpperTwo)));
}

/// The scales as 16 bits, each twice, in the order of lanes.
HWY_INLINE __m256i scales_in_lanes(__m128i scales_and_mins) {
  const __m128i order = _mm_setr_epi8(0, 0, 4, 4, 1, 1, 5, 5, 2, 2, 6, 6, 3, 3, 7, 7);
  return _mm256_cvtepu8_epi16(_mm_shuffle_epi8(scales_and_mins, order));
}

/// Of each row the mins of both groups side by side, in the order of lanes.
HWY_INLINE __m256i mins_in_lanes(__m128i group0, __m128i group1) {
  const __m128i order = _mm_setr_epi8(0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15);
  return _mm256_cvtepu8_epi16(_mm_shuffle_epi8(_mm_unpackhi_epi8(group0, group1), order));
}

template <int kFirstQuarter>
HWY_INLINE __m256i add_unsigned(__m256i rows0, __m256i rows4, __m256i x, __m256i sum) {
  const Woven w = woven(rows0, rows4);
  sum = _mm256_add_epi16(sum, _mm256_maddubs_epi16(w.first, in_lanes<kFirstQuarter>(x)));
  return _mm256_add_epi16(sum, _mm256_maddubs_epi16(w.second, in_lanes<kFirstQuarter + 1>(x)));
}

/// Nibbles of 32 values of eight rows times activations; 16 products of 15 * 127 fit into 16 bits.
HWY_INLINE __m256i group_products(const std::array<__m256i, 8>& q, const std::int8_t* x) {
  const __m256i x0 = twice(x);
  const __m256i x1 = twice(x + 16);
  __m256i sum = add_unsigned<0>(q[0], q[1], x0, _mm256_setzero_si256());
  sum = add_unsigned<2>(q[2], q[3], x0, sum);
  sum = add_unsigned<0>(q[4], q[5], x1, sum);
  return add_unsigned<2>(q[6], q[7], x1, sum);
}

struct Sums {
  __m256i products;
  __m256i mins;
};

/// Two groups of 32, whose nibbles share their bytes.
template <int kPair>
HWY_INLINE void add_pair(const BlockQ4_Kx8& w, const BlockQ8_K& x, __m256i x_sums, Sums& sums) {
  const __m256i four = _mm256_set1_epi8(15);
  std::array<__m256i, 8> low;
  std::array<__m256i, 8> high;
  for (std::size_t i = 0; i < 8; ++i) {
    const __m256i bytes = loaded(w.q.data() + 256 * kPair + 32 * i);
    low[i] = _mm256_and_si256(bytes, four);
    high[i] = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), four);
  }
  const __m128i group0 = scales_and_mins(w.scales.data() + 24 * kPair);
  const __m128i group1 = scales_and_mins(w.scales.data() + 24 * kPair + 12);
  const std::int8_t* const a = x.q.data() + 64 * kPair;
  const __m256i products0 = _mm256_madd_epi16(group_products(low, a), scales_in_lanes(group0));
  const __m256i products1 =
      _mm256_madd_epi16(group_products(high, a + 32), scales_in_lanes(group1));
  sums.products = _mm256_add_epi32(sums.products, _mm256_add_epi32(products0, products1));
  sums.mins = _mm256_add_epi32(
      sums.mins,
      _mm256_madd_epi16(_mm256_shuffle_epi32(x_sums, 0x55 * kPair), mins_in_lanes(group0, group1)));
}

void gemv_q4_k_8x8(const std::byte* weights, std::size_t rows, std::size_t k,
                   const std::byte* activations, float* y) {
  const std::size_t blocks = k / 256;
  const auto* const x = reinterpret_cast<const BlockQ8_K*>(activations);
  const auto* w = reinterpret_cast<const BlockQ4_Kx8*>(weights);
  for (std::size_t r = 0; r < rows; r += kInterleavedRows, w += blocks) {
    __m256 total = _mm256_setzero_ps();
    __m256 total_of_mins = _mm256_setzero_ps();
    for (std::size_t b = 0; b < blocks; ++b) {
      // Sums of 32 activations from those of 16, all eight in both halves.
      const auto* const sixteens = reinterpret_cast<const __m128i*>(x[b].sums.data());
      const __m256i x_sums = _mm256_broadcastsi128_si256(
          _mm_hadd_epi16(_mm_loadu_si128(sixteens), _mm_loadu_si128(sixteens + 1)));
      Sums sums{_mm256_setzero_si256(), _mm256_setzero_si256()};
      add_pair<0>(w[b], x[b], x_sums, sums);
      add_pair<1>(w[b], x[b], x_sums, sums);
      add_pair<2>(w[b], x[b], x_sums, sums);
      add_pair<3>(w[b], x[b], x_sums, sums);
      const __m256 x_scale = _mm256_set1_ps(x[b].d);
      total = _mm256_fmadd_ps(_mm256_cvtepi32_ps(sums.products),
                              _mm256_mul_ps(scales_of_rows(w[b].d.data()), x_scale), total);
      total_of_mins =
          _mm256_fmadd_ps(_mm256_cvtepi32_ps(sums.mins),
                          _mm256_mul_ps(scales_of_rows(w[b].dmin.data()), x_scale), total_of_mins);
    }
    store_rows(_mm256_sub_ps(total, total_of_mins), y + r);
  }
}

bool interleaves() { return true; }

#endif

}  // namespace foretoken::probe::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace foretoken::probe {

HWY_EXPORT(gemv_q4_0_8x8);
HWY_EXPORT(gemv_q4_k_8x8);
HWY_EXPORT(interleaves);

GemvKernel interleaved_kernel(WeightFormat format) {
  return format == WeightFormat::Q4_0_8x8 ? &HWY_DYNAMIC_DISPATCH(gemv_q4_0_8x8)
                                          : &HWY_DYNAMIC_DISPATCH(gemv_q4_k_8x8);
}

bool interleaves_rows() { return HWY_DYNAMIC_DISPATCH(interleaves)(); }

}  // namespace foretoken::probe
#endif
