#pragma once

/// A point with the interval that is said to hold the truth at a stated level.

namespace foretoken {

template <typename Q>
struct Estimate {
  Q point{};
  Q lo{};
  Q hi{};
  double level = 0.9;
};

}  // namespace foretoken
