// F32, F16 and BF16: both sides widened to FP32.

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "probe/gemv_kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "probe/gemv_float.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace foretoken::probe::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Wide = hn::CappedTag<float, 16>;

template <typename T>
HWY_INLINE hn::Vec<Wide> widened(const T* from) {
  const Wide d;
  if constexpr (std::is_same_v<T, float>) {
    return hn::LoadU(d, from);
  } else {
    return hn::PromoteTo(d, hn::LoadU(hn::Rebind<T, Wide>(), from));
  }
}

/// Four sums, so that a multiply-add does not wait for the one before it.
template <typename T>
HWY_INLINE float row_of_numbers(const T* w, const T* x, std::size_t k) {
  const Wide d;
  const std::size_t lanes = hn::Lanes(d);
  auto a = hn::Zero(d);
  auto b = a;
  auto c = a;
  auto e = a;
  for (std::size_t i = 0; i < k; i += 4 * lanes) {
    a = hn::MulAdd(widened(w + i), widened(x + i), a);
    b = hn::MulAdd(widened(w + i + lanes), widened(x + i + lanes), b);
    c = hn::MulAdd(widened(w + i + 2 * lanes), widened(x + i + 2 * lanes), c);
    e = hn::MulAdd(widened(w + i + 3 * lanes), widened(x + i + 3 * lanes), e);
  }
  return hn::GetLane(hn::SumOfLanes(d, hn::Add(hn::Add(a, b), hn::Add(c, e))));
}

template <typename T>
void gemv_of_numbers(const std::byte* weights, std::size_t rows, std::size_t k,
                     const std::byte* activations, float* y) {
  const auto* const w = reinterpret_cast<const T*>(weights);
  const auto* const x = reinterpret_cast<const T*>(activations);
  for (std::size_t r = 0; r < rows; ++r) y[r] = row_of_numbers(w + r * k, x, k);
}

void gemv_f32(const std::byte* weights, std::size_t rows, std::size_t k,
              const std::byte* activations, float* y) {
  gemv_of_numbers<float>(weights, rows, k, activations, y);
}

void gemv_f16(const std::byte* weights, std::size_t rows, std::size_t k,
              const std::byte* activations, float* y) {
  gemv_of_numbers<hwy::float16_t>(weights, rows, k, activations, y);
}

void gemv_bf16(const std::byte* weights, std::size_t rows, std::size_t k,
               const std::byte* activations, float* y) {
  gemv_of_numbers<hwy::bfloat16_t>(weights, rows, k, activations, y);
}

}  // namespace foretoken::probe::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace foretoken::probe {

HWY_EXPORT(gemv_f32);
HWY_EXPORT(gemv_f16);
HWY_EXPORT(gemv_bf16);

GemvKernel float_kernel(WeightFormat format) {
  switch (format) {
    case WeightFormat::F16:
      return &HWY_DYNAMIC_DISPATCH(gemv_f16);
    case WeightFormat::BF16:
      return &HWY_DYNAMIC_DISPATCH(gemv_bf16);
    default:
      return &HWY_DYNAMIC_DISPATCH(gemv_f32);
  }
}

}  // namespace foretoken::probe
#endif
