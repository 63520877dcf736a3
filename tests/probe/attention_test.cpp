#include "probe/attention.h"

#include <cmath>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "probe/number_bits.h"
#include "probe/weight_data.h"
#include "tests/probe/each_target.h"

namespace foretoken::probe {
namespace {

std::vector<std::uint16_t> random_halves(std::size_t count, std::uint64_t seed, float scale) {
  std::vector<std::uint16_t> halves;
  for (const float x : random_activations(count, seed)) halves.push_back(half_bits(scale * x));
  return halves;
}

/// Largest deviation of any head from the reference.
double worst_of(std::size_t heads_kv, std::size_t head_dim, std::size_t kv_len, std::uint64_t seed,
                float scale) {
  const auto keys = random_halves(kv_len * heads_kv * head_dim, seed, scale);
  const auto values = random_halves(keys.size(), seed + 1, 1.0F);
  const auto query = random_halves(head_dim, seed + 2, scale);
  const KvCache cache{.keys = keys.data(),
                      .values = values.data(),
                      .heads_kv = heads_kv,
                      .head_dim = head_dim,
                      .kv_len = kv_len};
  double worst = 0.0;
  for (std::size_t head = 0; head < heads_kv; ++head) {
    std::vector<float> out(head_dim, -9.0F);
    attend(cache, head, query.data(), out.data());
    const std::vector<double> expected = attended(cache, head, query.data());
    for (std::size_t i = 0; i < head_dim; ++i) {
      const double off = std::abs(static_cast<double>(out[i]) - expected[i]);
      worst = std::isnan(off) ? 1.0 : std::max(worst, off);
    }
  }
  return worst;
}

TEST(Attention, GivesTheReferencesValues) {
  for_each_target([] {
    for (const std::size_t head_dim : {16U, 64U, 80U, 128U, 256U, 512U}) {
      EXPECT_LT(worst_of(2, head_dim, 300, head_dim, 1.0F), 2e-5) << head_dim;
    }
  });
}

TEST(Attention, HoldsForAnyLengthAndSharpness) {
  EXPECT_TRUE(rc::check("any cache", [] {
    const auto heads = *rc::gen::inRange<std::size_t>(1, 5);
    const auto length = *rc::gen::inRange<std::size_t>(1, 200);
    const auto seed = *rc::gen::arbitrary<std::uint64_t>();
    // From nearly equal weights to one token that takes all.
    const float scale = *rc::gen::element(0.01F, 1.0F, 20.0F);
    RC_ASSERT(worst_of(heads, 64, length, seed, scale) < 1e-3);
  }));
}

TEST(Attention, OfOneTokenIsItsValue) {
  const std::vector<std::uint16_t> keys(64, half_bits(3.0F));
  const std::vector<std::uint16_t> values(64, half_bits(0.25F));
  const KvCache cache{
      .keys = keys.data(), .values = values.data(), .heads_kv = 1, .head_dim = 64, .kv_len = 1};
  std::vector<float> out(64);
  attend(cache, 0, keys.data(), out.data());
  EXPECT_EQ(out, std::vector<float>(64, 0.25F));
}

}  // namespace
}  // namespace foretoken::probe
