#include "ops/draws.h"

#include <cmath>
#include <cstddef>
#include <utility>

#include "base/normal.h"

namespace foretoken::ops {
namespace {

/// Positive halves of the strata's medians, scaled to a variance of 1.
std::array<double, kHalfDraws> magnitudes() {
  std::array<double, kHalfDraws> values{};
  double squares = 0.0;
  for (std::size_t i = 0; i < kHalfDraws; ++i) {
    values[i] = normal_quantile(0.5 + (static_cast<double>(i) + 0.5) / kDraws);
    squares += values[i] * values[i];
  }
  const double scale = std::sqrt(kHalfDraws / squares);
  for (double& value : values) value *= scale;
  return values;
}

/// Vigna's SplitMix64.
std::uint64_t next(std::uint64_t& state) {
  state += 0x9e3779b97f4a7c15ULL;
  std::uint64_t z = state;
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31U);
}

}  // namespace

Draws standard_draws(std::uint64_t seed) {
  static const std::array<double, kHalfDraws> kMagnitudes = magnitudes();
  std::array<double, kHalfDraws> order = kMagnitudes;
  for (std::size_t i = kHalfDraws - 1; i > 0; --i) std::swap(order[i], order[next(seed) % (i + 1)]);
  const std::uint64_t signs = next(seed);
  Draws draws{};
  for (std::size_t i = 0; i < kHalfDraws; ++i) {
    const double value = (signs >> i & 1U) != 0 ? -order[i] : order[i];
    draws[i] = value;
    draws[i + kHalfDraws] = -value;
  }
  return draws;
}

}  // namespace foretoken::ops
