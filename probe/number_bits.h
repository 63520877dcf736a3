#pragma once

/// Half and bfloat16 numbers as their 16 bits, for what is done once: making data, and references.
/// Kernels convert with instructions of the target.
///
/// C++17 without libraries: also compiled by nvcc.

#include <cmath>
#include <cstdint>
#include <cstring>

namespace foretoken::probe {

inline float float_of_bits(std::uint32_t bits) {
  float value = 0;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

inline std::uint32_t bits_of_float(float value) {
  std::uint32_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

/// IEEE 754 binary16, subnormals, infinities and NaN included.
inline float half_value(std::uint16_t bits) {
  const int exponent = (bits >> 10) & 0x1f;
  const int fraction = bits & 0x3ff;
  const float sign = (bits & 0x8000) != 0 ? -1.0F : 1.0F;
  if (exponent == 0) return sign * std::ldexp(static_cast<float>(fraction), -24);
  if (exponent == 31) return fraction == 0 ? sign * INFINITY : NAN;
  return sign * std::ldexp(static_cast<float>(fraction + 1024), exponent - 25);
}

/// The nearest half, ties to even; what is too large becomes infinite.
inline std::uint16_t half_bits(float value) {
  const std::uint32_t bits = bits_of_float(value);
  const auto sign = static_cast<std::uint16_t>((bits >> 16U) & 0x8000U);
  const float size = std::fabs(value);
  if (size == 0.0F) return sign;
  if (std::isnan(value)) return static_cast<std::uint16_t>(sign | 0x7e00U);
  constexpr float kTooLarge = 65520.0F;
  if (size >= kTooLarge) return static_cast<std::uint16_t>(sign | 0x7c00U);
  int exponent = 0;
  std::frexp(size, &exponent);
  // One unit in the last place; subnormals share that of the smallest normal number.
  const int unit = exponent < -13 ? -24 : exponent - 11;
  const auto units = static_cast<std::uint32_t>(std::nearbyint(std::ldexp(size, -unit)));
  const std::uint32_t base = unit == -24 ? 0U : static_cast<std::uint32_t>(unit + 24) << 10U;
  return static_cast<std::uint16_t>(sign | (base + units));
}

inline float bfloat_value(std::uint16_t bits) {
  return float_of_bits(static_cast<std::uint32_t>(bits) << 16U);
}

/// The nearest bfloat16 of a finite number, ties to even.
inline std::uint16_t bfloat_bits(float value) {
  const std::uint32_t bits = bits_of_float(value);
  return static_cast<std::uint16_t>((bits + 0x7fffU + ((bits >> 16U) & 1U)) >> 16U);
}

}  // namespace foretoken::probe
