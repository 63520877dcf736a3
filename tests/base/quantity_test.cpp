#include "base/quantity.h"

#include <type_traits>

#include <gtest/gtest.h>

namespace foretoken {
namespace {

template <typename A, typename B>
concept Addable = requires(A a, B b) {
  a + b;
};
template <typename A, typename B>
concept Subtractable = requires(A a, B b) {
  a - b;
};
template <typename A, typename B>
concept Comparable = requires(A a, B b) {
  a < b;
};
template <typename A, typename B>
concept Equatable = requires(A a, B b) {
  a == b;
};
template <typename From, typename To>
concept Converts = std::is_convertible_v<From, To>;
template <typename Q>
concept AddsInPlace = requires(Q q, Seconds s) {
  q += s;
};

// Like with like compiles, unlike with unlike does not.
static_assert(Addable<Bytes, Bytes>);
static_assert(!Addable<Bytes, Seconds>);
static_assert(!Addable<Bytes, double>);
static_assert(!Addable<double, Bytes>);
static_assert(!Subtractable<Watts, Joules>);
static_assert(Comparable<Seconds, Seconds>);
static_assert(!Comparable<Seconds, SecondsPerToken>);
static_assert(!Comparable<Bytes, double>);
static_assert(!Equatable<Bytes, Flops>);
static_assert(!Equatable<Bytes, double>);
static_assert(AddsInPlace<Seconds>);
static_assert(!AddsInPlace<Joules>);

// Nothing becomes a quantity, or stops being one, by itself.
static_assert(!Converts<double, Bytes>);
static_assert(!Converts<Bytes, double>);
static_assert(!Converts<Bytes, Tokens>);
static_assert(!std::is_constructible_v<Bytes, double>);
static_assert(!std::is_assignable_v<Seconds&, double>);

// Products and ratios carry the dimension their parts give.
static_assert(std::is_same_v<decltype(Bytes{} / Seconds{}), BytesPerSecond>);
static_assert(std::is_same_v<decltype(Bytes{} / BytesPerSecond{}), Seconds>);
static_assert(std::is_same_v<decltype(Watts{} * Seconds{}), Joules>);
static_assert(std::is_same_v<decltype(Bytes{} / Bytes{}), double>);
static_assert(std::is_same_v<decltype(Hertz{} * Seconds{}), double>);
static_assert(std::is_same_v<decltype(1.0 / Seconds{}), Hertz>);
static_assert(std::is_same_v<decltype(1.0 / TokensPerSecond{}), SecondsPerToken>);

// Nothing is added to the number.
static_assert(sizeof(Bytes) == sizeof(double));
static_assert(std::is_trivially_copyable_v<Bytes>);

TEST(Quantity, StartsAtZero) { EXPECT_EQ(Bytes{}.base(), 0.0); }

TEST(Quantity, AddsSubtractsAndScales) {
  Bytes bytes = Bytes::of(10.0) + Bytes::of(5.0);
  EXPECT_EQ(bytes.base(), 15.0);
  bytes -= Bytes::of(3.0);
  EXPECT_EQ(bytes.base(), 12.0);
  EXPECT_EQ((bytes * 2.0).base(), 24.0);
  EXPECT_EQ((2.0 * bytes).base(), 24.0);
  EXPECT_EQ((bytes / 4.0).base(), 3.0);
  EXPECT_EQ((-bytes).base(), -12.0);
}

TEST(Quantity, OneGigabyteAtOneTerabyteASecondTakesAMillisecond) {
  EXPECT_DOUBLE_EQ((Bytes::of(1e9) / BytesPerSecond::of(1e12)).base(), 1e-3);
}

TEST(Quantity, RatioOfLikeIsANumber) { EXPECT_EQ(Bytes::of(6.0) / Bytes::of(2.0), 3.0); }

TEST(Quantity, Compares) {
  EXPECT_LT(Seconds::of(1.0), Seconds::of(2.0));
  EXPECT_GE(Seconds::of(2.0), Seconds::of(2.0));
  EXPECT_EQ(Seconds::of(2.0), Seconds::of(2.0));
}

}  // namespace
}  // namespace foretoken
