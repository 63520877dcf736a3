#pragma once

/// Strong units: a number with a dimension, always held in base units (byte, flop, second, joule,
/// token). One door in (`Bytes::of(x)`, `parse_quantity`), one out (`q.base()`); nothing converts
/// silently. A ratio of like quantities is a plain number. `Rep` may be any number type with the
/// usual operators, so the same law runs on `double` and on `ceres::Jet`.

#include <concepts>

namespace foretoken {

/// Exponents of the five base dimensions.
struct Dim {
  int byte = 0;
  int flop = 0;
  int second = 0;
  int joule = 0;
  int token = 0;

  friend constexpr bool operator==(const Dim&, const Dim&) = default;
  friend constexpr Dim operator+(Dim a, Dim b) {
    return {a.byte + b.byte, a.flop + b.flop, a.second + b.second, a.joule + b.joule,
            a.token + b.token};
  }
  friend constexpr Dim operator-(Dim a, Dim b) {
    return {a.byte - b.byte, a.flop - b.flop, a.second - b.second, a.joule - b.joule,
            a.token - b.token};
  }
};

template <Dim D, typename Rep = double>
class Quantity {
 public:
  using rep = Rep;
  static constexpr Dim kDim = D;

  constexpr Quantity() = default;

  /// The quantity of `value` base units.
  static constexpr Quantity of(Rep value) { return Quantity(value); }

  /// The number of base units.
  constexpr const Rep& base() const { return value_; }

  constexpr Quantity& operator+=(const Quantity& other) {
    value_ += other.value_;
    return *this;
  }
  constexpr Quantity& operator-=(const Quantity& other) {
    value_ -= other.value_;
    return *this;
  }
  constexpr Quantity& operator*=(const Rep& factor) {
    value_ *= factor;
    return *this;
  }

  friend constexpr Quantity operator+(Quantity a, const Quantity& b) { return a += b; }
  friend constexpr Quantity operator-(Quantity a, const Quantity& b) { return a -= b; }
  friend constexpr Quantity operator-(const Quantity& a) { return Quantity(-a.value_); }
  friend constexpr Quantity operator*(Quantity a, const Rep& factor) { return a *= factor; }
  friend constexpr Quantity operator*(const Rep& factor, Quantity a) { return a *= factor; }
  friend constexpr Quantity operator/(const Quantity& a, const Rep& divisor) {
    return Quantity(a.value_ / divisor);
  }
  // Spelled out: a defaulted <=> costs g++ 12 two instructions in std::max.
  friend constexpr bool operator==(const Quantity& a, const Quantity& b) {
    return a.value_ == b.value_;
  }
  friend constexpr bool operator<(const Quantity& a, const Quantity& b) {
    return a.value_ < b.value_;
  }
  friend constexpr bool operator>(const Quantity& a, const Quantity& b) { return b < a; }
  friend constexpr bool operator<=(const Quantity& a, const Quantity& b) { return !(b < a); }
  friend constexpr bool operator>=(const Quantity& a, const Quantity& b) { return !(a < b); }

 private:
  explicit constexpr Quantity(Rep value) : value_(value) {}
  Rep value_{};
};

template <Dim A, Dim B, typename Rep>
constexpr auto operator*(const Quantity<A, Rep>& a, const Quantity<B, Rep>& b) {
  if constexpr (A + B == Dim{}) {
    return a.base() * b.base();
  } else {
    return Quantity<A + B, Rep>::of(a.base() * b.base());
  }
}

template <Dim A, Dim B, typename Rep>
constexpr auto operator/(const Quantity<A, Rep>& a, const Quantity<B, Rep>& b) {
  if constexpr (A == B) {
    return a.base() / b.base();
  } else {
    return Quantity<A - B, Rep>::of(a.base() / b.base());
  }
}

template <Dim D, typename Rep>
constexpr auto operator/(const Rep& a, const Quantity<D, Rep>& b) {
  return Quantity<Dim{} - D, Rep>::of(a / b.base());
}

inline constexpr Dim kByteDim{.byte = 1};
inline constexpr Dim kFlopDim{.flop = 1};
inline constexpr Dim kSecondDim{.second = 1};
inline constexpr Dim kJouleDim{.joule = 1};
inline constexpr Dim kWattDim{.second = -1, .joule = 1};
inline constexpr Dim kTokenDim{.token = 1};

using Bytes = Quantity<kByteDim>;
using Flops = Quantity<kFlopDim>;
using Seconds = Quantity<kSecondDim>;
using Joules = Quantity<kJouleDim>;
using Tokens = Quantity<kTokenDim>;
using Hertz = Quantity<Dim{} - kSecondDim>;
using BytesPerSecond = Quantity<kByteDim - kSecondDim>;
using FlopsPerSecond = Quantity<kFlopDim - kSecondDim>;
using Watts = Quantity<kWattDim>;
using TokensPerSecond = Quantity<kTokenDim - kSecondDim>;
using SecondsPerToken = Quantity<kSecondDim - kTokenDim>;
using BytesPerToken = Quantity<kByteDim - kTokenDim>;
using JoulesPerToken = Quantity<kJouleDim - kTokenDim>;

}  // namespace foretoken
