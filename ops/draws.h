#pragma once

/// Draws of uncertain numbers, the same for every question: draw d of one number goes with draw d
/// of every other, so numbers that are uncertain together stay together when a law is priced draw
/// by draw. Seeds are fixed: nothing depends on threads or on the order of questions.

#include <array>
#include <cstddef>
#include <cstdint>

namespace foretoken::ops {

inline constexpr int kDraws = 64;
inline constexpr std::size_t kHalfDraws = kDraws / 2;
using Draws = std::array<double, kDraws>;

/// A standard normal in 64 draws: one from each of 64 parts of equal probability, in an order that
/// the seed decides. The second half mirrors the first, so means are exact; the variance is 1.
Draws standard_draws(std::uint64_t seed);

}  // namespace foretoken::ops
