#include "probe/gemv.h"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <cstring>

#include "probe/blocks.h"
#include "probe/gemv_kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "probe/gemv.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace foretoken::probe::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using F = hn::CappedTag<float, 8>;
constexpr float kLargest = 127.0F;

HWY_INLINE float largest_size(const float* x, std::size_t count) {
  const F d;
  auto largest = hn::Zero(d);
  for (std::size_t i = 0; i < count; i += hn::Lanes(d)) {
    largest = hn::Max(largest, hn::Abs(hn::LoadU(d, x + i)));
  }
  return hn::GetLane(hn::MaxOfLanes(d, largest));
}

HWY_INLINE void round_to_int8(const float* x, std::size_t count, float over_scale, std::int8_t* q) {
  const F d;
  const hn::Rebind<std::int8_t, F> d8;
  const auto factor = hn::Set(d, over_scale);
  for (std::size_t i = 0; i < count; i += hn::Lanes(d)) {
    const auto scaled = hn::Mul(hn::LoadU(d, x + i), factor);
    hn::StoreU(hn::DemoteTo(d8, hn::NearestInt(scaled)), d8, q + i);
  }
}

HWY_INLINE std::uint16_t half_of_float(float x) {
  const hn::CappedTag<float, 1> d1;
  const hn::Rebind<hwy::float16_t, decltype(d1)> dh;
  std::uint16_t bits = 0;
  hn::StoreU(hn::DemoteTo(dh, hn::Set(d1, x)), dh, reinterpret_cast<hwy::float16_t*>(&bits));
  return bits;
}

HWY_INLINE float inverse(float x) { return x == 0.0F ? 0.0F : 1.0F / x; }

void to_q8_0(const float* x, std::size_t begin, std::size_t end, std::byte* out) {
  auto* const blocks = reinterpret_cast<BlockQ8_0*>(out);
  for (std::size_t b = begin / 32; b < end / 32; ++b) {
    const float largest = largest_size(x + b * 32, 32);
    blocks[b].d = half_of_float(largest / kLargest);
    round_to_int8(x + b * 32, 32, kLargest * inverse(largest), blocks[b].q.data());
  }
}

void to_q8_k(const float* x, std::size_t begin, std::size_t end, std::byte* out) {
  auto* const blocks = reinterpret_cast<BlockQ8_K*>(out);
  for (std::size_t b = begin / 256; b < end / 256; ++b) {
    const float largest = largest_size(x + b * 256, 256);
    blocks[b].d = largest / kLargest;
    round_to_int8(x + b * 256, 256, kLargest * inverse(largest), blocks[b].q.data());
    for (std::size_t group = 0; group < 16; ++group) {
      int sum = 0;
      for (std::size_t i = 0; i < 16; ++i) sum += blocks[b].q[group * 16 + i];
      blocks[b].sums[group] = static_cast<std::int16_t>(sum);
    }
  }
}

void to_int8(const float* x, std::size_t begin, std::size_t end, std::byte* out) {
  const float largest = largest_size(x + begin, end - begin);
  const float scale = largest / kLargest;
  round_to_int8(x + begin, end - begin, kLargest * inverse(largest),
                reinterpret_cast<std::int8_t*>(out));
  std::memcpy(out + end, &scale, sizeof scale);
}

template <typename Half>
HWY_INLINE void to_halves(const float* x, std::size_t begin, std::size_t end, std::byte* out) {
  const F d;
  const hn::Rebind<Half, F> dh;
  auto* const halves = reinterpret_cast<Half*>(out);
  for (std::size_t i = begin; i < end; i += hn::Lanes(d)) {
    hn::StoreU(hn::DemoteTo(dh, hn::LoadU(d, x + i)), dh, halves + i);
  }
}

void to_f16(const float* x, std::size_t begin, std::size_t end, std::byte* out) {
  to_halves<hwy::float16_t>(x, begin, end, out);
}

void to_bf16(const float* x, std::size_t begin, std::size_t end, std::byte* out) {
  to_halves<hwy::bfloat16_t>(x, begin, end, out);
}

const char* target_name() { return hwy::TargetName(HWY_TARGET); }

}  // namespace foretoken::probe::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace foretoken::probe {
namespace {

HWY_EXPORT(to_q8_0);
HWY_EXPORT(to_q8_k);
HWY_EXPORT(to_int8);
HWY_EXPORT(to_f16);
HWY_EXPORT(to_bf16);
HWY_EXPORT(target_name);

GemvKernel kernel_of(WeightFormat format) {
  switch (format) {
    case WeightFormat::F32:
    case WeightFormat::F16:
    case WeightFormat::BF16:
      return float_kernel(format);
    case WeightFormat::Int8Channel:
    case WeightFormat::Q8_0:
    case WeightFormat::Q4_0:
      return block_kernel(format);
    case WeightFormat::Q4_K:
    case WeightFormat::Q6_K:
      return super_block_kernel(format);
    case WeightFormat::Q4_0_8x8:
    case WeightFormat::Q4_K_8x8:
      return interleaved_kernel(format);
  }
  return nullptr;
}

}  // namespace

void quantize_activations(ActivationFormat format, const float* x, std::size_t k, std::size_t part,
                          std::size_t parts, std::byte* out) {
  const std::size_t steps = k / kRowStep;
  const std::size_t begin = steps * part / parts * kRowStep;
  const std::size_t end = steps * (part + 1) / parts * kRowStep;
  switch (format) {
    case ActivationFormat::F32:
      std::memcpy(out + begin * sizeof(float), x + begin, (end - begin) * sizeof(float));
      break;
    case ActivationFormat::F16:
      HWY_DYNAMIC_DISPATCH(to_f16)(x, begin, end, out);
      break;
    case ActivationFormat::BF16:
      HWY_DYNAMIC_DISPATCH(to_bf16)(x, begin, end, out);
      break;
    case ActivationFormat::Int8Channel:
      if (part == 0) HWY_DYNAMIC_DISPATCH(to_int8)(x, 0, k, out);
      break;
    case ActivationFormat::Q8_0:
      HWY_DYNAMIC_DISPATCH(to_q8_0)(x, begin, end, out);
      break;
    case ActivationFormat::Q8_K:
      HWY_DYNAMIC_DISPATCH(to_q8_k)(x, begin, end, out);
      break;
  }
}

void gemv(WeightFormat format, const std::byte* weights, std::size_t rows, std::size_t k,
          const std::byte* activations, float* y) {
  kernel_of(format)(weights, rows, k, activations, y);
}

void gemv_prefetching(const std::byte* weights, std::size_t rows, std::size_t k,
                      const std::byte* activations, float* y) {
  prefetching_kernel()(weights, rows, k, activations, y);
}

std::string instruction_set() {
  std::string name = HWY_DYNAMIC_DISPATCH(target_name)();
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name;
}

}  // namespace foretoken::probe
#endif
