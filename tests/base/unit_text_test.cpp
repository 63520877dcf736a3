#include "base/unit_text.h"

#include <limits>

#include <gtest/gtest.h>

namespace foretoken {
namespace {

struct Reading {
  std::string_view text;
  double base;
  Dim dim;
};

class UnitTextReads : public testing::TestWithParam<Reading> {};

TEST_P(UnitTextReads, Text) {
  const Reading& wanted = GetParam();
  const auto parsed = parse_quantity_text(wanted.text);
  ASSERT_TRUE(parsed.has_value()) << wanted.text;
  EXPECT_DOUBLE_EQ(parsed->base, wanted.base) << wanted.text;
  EXPECT_TRUE(parsed->dim == wanted.dim) << wanted.text;
}

constexpr Dim kPerSecond = Dim{} - kSecondDim;
constexpr Dim kRate = kFlopDim - kSecondDim;

INSTANTIATE_TEST_SUITE_P(
    All, UnitTextReads,
    testing::Values(Reading{"4.8 TB/s", 4.8e12, kByteDim - kSecondDim},
                    Reading{"4.8TB/s", 4.8e12, kByteDim - kSecondDim},
                    Reading{"24 GiB", 24.0 * 1073741824.0, kByteDim},
                    Reading{"24 GB", 24e9, kByteDim}, Reading{"1 TiB", 1099511627776.0, kByteDim},
                    Reading{"1 PB", 1e15, kByteDim}, Reading{"50 MiB", 50.0 * 1048576.0, kByteDim},
                    Reading{"64 KiB", 65536.0, kByteDim}, Reading{"64 kB", 64000.0, kByteDim},
                    Reading{"512 B", 512.0, kByteDim}, Reading{"1.98 GHz", 1.98e9, kPerSecond},
                    Reading{"50 Hz", 50.0, kPerSecond}, Reading{"7200 MT/s", 7.2e9, kPerSecond},
                    Reading{"21 GT/s", 21e9, kPerSecond}, Reading{"3 1/s", 3.0, kPerSecond},
                    Reading{"989 TFLOP/s", 989e12, kRate}, Reading{"989 TFLOPS", 989e12, kRate},
                    Reading{"6 TOPS", 6e12, kRate}, Reading{"6 TOP/s", 6e12, kRate},
                    Reading{"2 GFLOP", 2e9, kFlopDim}, Reading{"35 us", 35e-6, kSecondDim},
                    Reading{"35 \xc2\xb5s", 35e-6, kSecondDim},
                    Reading{"35 \xce\xbcs", 35e-6, kSecondDim}, Reading{"2 ms", 2e-3, kSecondDim},
                    Reading{"7 ns", 7e-9, kSecondDim}, Reading{"2 min", 120.0, kSecondDim},
                    Reading{"2 h", 7200.0, kSecondDim}, Reading{"1e-3 s", 1e-3, kSecondDim},
                    Reading{"700 W", 700.0, kJouleDim - kSecondDim},
                    Reading{"500 mW", 0.5, kJouleDim - kSecondDim},
                    Reading{"132 pJ/B", 132e-12, kJouleDim - kByteDim},
                    Reading{"4 pJ/bit", 32e-12, kJouleDim - kByteDim},
                    Reading{"99.9 Wh", 359640.0, kJouleDim},
                    Reading{"30 tok/s", 30.0, kTokenDim - kSecondDim},
                    Reading{"30 tokens/s", 30.0, kTokenDim - kSecondDim},
                    Reading{"0.5 J/token", 0.5, kJouleDim - kTokenDim},
                    Reading{"2 B/FLOP", 2.0, kByteDim - kFlopDim},
                    Reading{"2 FLOP*s", 2.0, kFlopDim + kSecondDim},
                    Reading{" 5 GB ", 5e9, kByteDim}, Reading{"-3 s", -3.0, kSecondDim}));

class UnitTextRefuses : public testing::TestWithParam<std::string_view> {};

TEST_P(UnitTextRefuses, Text) { EXPECT_FALSE(parse_quantity_text(GetParam()).has_value()); }

INSTANTIATE_TEST_SUITE_P(All, UnitTextRefuses,
                         testing::Values("", " ", "4800", "TB/s", "4.8 TB/", "4.8 /s", "4.8 TB//s",
                                         "4.8 tb/s", "24 KB", "24 GIB", "1,5 GB", "1 000 GB",
                                         "nan s", "inf s", "-inf s", "0x10 B", "1e400 B",
                                         "1e308 PB", "5 GB extra", "5 mB", "5 Mmin", "5 kMB",
                                         "5 GiHz", "5 Kis", "5 G", "+5 GB", "5 \xc2\xb5"));

TEST(ParseQuantity, RefusesTheWrongDimension) {
  EXPECT_TRUE(parse_quantity<BytesPerSecond>("1 GB/s").has_value());
  EXPECT_FALSE(parse_quantity<BytesPerSecond>("1 GB").has_value());
  EXPECT_FALSE(parse_quantity<Bytes>("1 GB/s").has_value());
  EXPECT_FALSE(parse_quantity<FlopsPerSecond>("1 TFLOP").has_value());
  EXPECT_EQ(parse_quantity<Bytes>("1 GB")->base(), 1e9);
}

TEST(FormatQuantity, PicksAPrefix) {
  EXPECT_EQ(format_quantity(BytesPerSecond::of(1.01e12)), "1.01 TB/s");
  EXPECT_EQ(format_quantity(Bytes::of(24e9)), "24.0 GB");
  EXPECT_EQ(format_quantity(Bytes::of(512.0)), "512 B");
  EXPECT_EQ(format_quantity(Seconds::of(35e-6)), "35.0 us");
  EXPECT_EQ(format_quantity(Seconds::of(0.0123)), "12.3 ms");
  EXPECT_EQ(format_quantity(Seconds::of(12345.0)), "12300 s");
  EXPECT_EQ(format_quantity(Hertz::of(1.98e9)), "1.98 GHz");
  EXPECT_EQ(format_quantity(Watts::of(700.0)), "700 W");
  EXPECT_EQ(format_quantity(TokensPerSecond::of(87.654)), "87.7 tok/s");
  EXPECT_EQ(format_quantity(TokensPerSecond::of(0.4567)), "0.457 tok/s");
  EXPECT_EQ(format_quantity(JoulesPerToken::of(0.4567)), "457 mJ/tok");
  EXPECT_EQ(format_quantity(BytesPerSecond::of(4.8e12), 2), "4.8 TB/s");
}

TEST(FormatQuantity, RoundsBeforeItPicks) {
  EXPECT_EQ(format_quantity(Bytes::of(999.9)), "1.00 kB");
  EXPECT_EQ(format_quantity(Bytes::of(999.4)), "999 B");
  EXPECT_EQ(format_quantity(Seconds::of(0.9999)), "1.00 s");
}

TEST(FormatQuantity, ShowsZeroNegativeAndWhatIsNoNumber) {
  EXPECT_EQ(format_quantity(Bytes{}), "0 B");
  EXPECT_EQ(format_quantity(Seconds::of(-0.002)), "-2.00 ms");
  EXPECT_EQ(format_quantity(Seconds::of(std::numeric_limits<double>::infinity())), "inf s");
  EXPECT_EQ(format_quantity(Seconds::of(std::numeric_limits<double>::quiet_NaN())), "nan s");
}

TEST(FormatQuantity, SurvivesTheEndsOfTheRange) {
  EXPECT_EQ(format_quantity(Seconds::of(1e-30)), "1.00e-18 ps");
  EXPECT_EQ(format_quantity(Seconds::of(5e-324), 1), "5e-312 ps");
  EXPECT_EQ(format_quantity(Bytes::of(1e300)), "1.00e+285 PB");
}

TEST(UnitSymbol, NamesDimensions) {
  EXPECT_EQ(unit_symbol(Dim{}), "");
  EXPECT_EQ(unit_symbol(BytesPerSecond::kDim), "B/s");
  EXPECT_EQ(unit_symbol(FlopsPerSecond::kDim), "FLOP/s");
  EXPECT_EQ(unit_symbol(Hertz::kDim), "Hz");
  EXPECT_EQ(unit_symbol(Watts::kDim), "W");
  EXPECT_EQ(unit_symbol(SecondsPerToken::kDim), "s/tok");
  EXPECT_EQ(unit_symbol(Dim{} - kByteDim), "1/B");
}

TEST(ExampleOf, IsItselfAQuantityOfThatDimension) {
  for (const Dim dim :
       {Bytes::kDim, Flops::kDim, Seconds::kDim, Joules::kDim, Tokens::kDim, Hertz::kDim,
        BytesPerSecond::kDim, FlopsPerSecond::kDim, Watts::kDim, TokensPerSecond::kDim,
        SecondsPerToken::kDim, BytesPerToken::kDim, JoulesPerToken::kDim, kJouleDim - kByteDim}) {
    const auto parsed = parse_quantity_text(example_of(dim));
    ASSERT_TRUE(parsed.has_value()) << example_of(dim);
    EXPECT_TRUE(parsed->dim == dim) << example_of(dim);
  }
}

}  // namespace
}  // namespace foretoken
