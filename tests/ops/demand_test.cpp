#include "ops/demand.h"

#include <utility>

#include <gtest/gtest.h>

#include "tests/support/invented_formats.h"

namespace foretoken::ops {
namespace {

class DemandTest : public testing::Test {
 protected:
  Demand demand(const Op& op) const { return demand_of(op, formats_); }
  std::optional<int> shared_rows(const Op& op, const hwdb::Runtime& runtime) const {
    return rows_per_unpack(op, runtime, formats_);
  }
  FormatId id(const char* name) const { return formats_.id_of(name); }

 private:
  FormatTable formats_ = test::invented_formats();
};

TEST_F(DemandTest, WeightsAreUnpackedOnceForSoManyTokenRows) {
  const Op gemm = Gemm{.m = 20, .n = 10, .k = 10, .weights = id("Q4")};
  EXPECT_DOUBLE_EQ(unpackings(gemm, std::nullopt), 1);
  EXPECT_DOUBLE_EQ(unpackings(gemm, 1), 20);
  EXPECT_DOUBLE_EQ(unpackings(gemm, 8), 3);
  EXPECT_DOUBLE_EQ(unpackings(gemm, 64), 1);
  EXPECT_DOUBLE_EQ(unpackings(Elementwise{.values = 10}, 1), 1);
  // 16 tokens with 2 of 2 experts each: 16 rows an expert.
  const Op experts = ExpertGemm{
      .m = 16, .n = 10, .k = 10, .experts = 2, .experts_per_token = 2, .weights = id("Q4")};
  EXPECT_DOUBLE_EQ(unpackings(experts, 8), 2);
}

TEST_F(DemandTest, FloatsMayShareAnUnpackingAmongMoreRows) {
  const Op floats = Gemm{.m = 8, .n = 10, .k = 10, .weights = id("F16")};
  const Op quantized = Gemm{.m = 8, .n = 10, .k = 10, .weights = id("Q4")};
  hwdb::Runtime runtime;
  EXPECT_EQ(shared_rows(floats, runtime), std::nullopt);
  runtime.rows_per_unpack = 1;
  EXPECT_EQ(shared_rows(floats, runtime), 1);
  runtime.float_rows_per_unpack = 4;
  EXPECT_EQ(shared_rows(floats, runtime), 4);
  EXPECT_EQ(shared_rows(quantized, runtime), 1);
}

TEST_F(DemandTest, FewRowsAreVectorsAndManyFillTiles) {
  const hwdb::MatrixKernels kernels{
      .vector_rows = 4, .tile_above = 8, .tile_rows = 32, .tile_experts_from = 32};
  const auto gemm = [&](double m) { return Gemm{.m = m, .n = 10, .k = 10, .weights = id("Q4")}; };
  for (const auto& [rows, unpacked] : {std::pair{1.0, 1.0}, {4.0, 1.0}, {8.0, 2.0}, {9.0, 1.0}}) {
    EXPECT_DOUBLE_EQ(unpackings(gemm(rows), kernels), unpacked) << rows;
  }
  EXPECT_DOUBLE_EQ(padded_rows(gemm(8), kernels), 1);
  EXPECT_DOUBLE_EQ(padded_rows(gemm(16), kernels), 2);
  EXPECT_DOUBLE_EQ(padded_rows(gemm(32), kernels), 1);
  EXPECT_DOUBLE_EQ(padded_rows(gemm(40), kernels), 1.6);
  // Every row unpacks its two of two experts: 16 times, where tiles would do so once.
  const auto experts = [&](double m) {
    return ExpertGemm{
        .m = m, .n = 10, .k = 10, .experts = 2, .experts_per_token = 2, .weights = id("Q4")};
  };
  EXPECT_DOUBLE_EQ(unpackings(experts(16), kernels), 16);
  EXPECT_DOUBLE_EQ(unpackings(experts(32), kernels), 1);
  EXPECT_DOUBLE_EQ(padded_rows(experts(16), kernels), 1);
  EXPECT_DOUBLE_EQ(unpackings(Elementwise{.values = 10}, kernels), 1);
}

TEST_F(DemandTest, GemmStreamsItsWeightsOnceForAllRows) {
  const Demand d = demand(Gemm{.m = 3, .n = 1000, .k = 200, .weights = id("Q4")});
  EXPECT_DOUBLE_EQ(d.weights.base(), 100000);
  EXPECT_DOUBLE_EQ(d.intake.base(), 100000);
  EXPECT_DOUBLE_EQ(d.activations.base(), 2 * 3 * 1200);
  EXPECT_DOUBLE_EQ(d.flops.base(), 2 * 3 * 1000 * 200);
  EXPECT_DOUBLE_EQ(d.serial_steps, 200);
  EXPECT_EQ(d.arithmetic, ArithmeticClass::Int8);
  EXPECT_DOUBLE_EQ(d.kv.base() + d.state.base() + d.message.base(), 0);
  EXPECT_DOUBLE_EQ(d.memory().base(), 107200);
}

TEST_F(DemandTest, GemmRoundsEachRowUpToWholeBlocks) {
  EXPECT_DOUBLE_EQ(demand(Gemm{.n = 3, .k = 11, .weights = id("Q8")}).weights.base(), 60);
}

TEST_F(DemandTest, ExpertsStreamTheDistinctOnesAndComputeTheRoutedOnes) {
  const ExpertGemm op{
      .m = 2, .n = 100, .k = 10, .experts = 8, .experts_per_token = 2, .weights = id("F16")};
  const Demand d = demand(op);
  // Two tokens with two experts each touch 8 (1 - (6/8)^2) = 3.5 of them.
  EXPECT_DOUBLE_EQ(d.weights.base(), 3.5 * 2000);
  EXPECT_DOUBLE_EQ(d.flops.base(), 2.0 * 4 * 1000);
  EXPECT_DOUBLE_EQ(d.activations.base(), 2.0 * 4 * 110);
}

TEST_F(DemandTest, EvenRoutingStreamsAsManyExpertsAsItCan) {
  ExpertGemm op{.m = 2,
                .n = 100,
                .k = 10,
                .experts = 8,
                .experts_per_token = 2,
                .weights = id("F16"),
                .even = true};
  EXPECT_DOUBLE_EQ(demand(op).weights.base(), 4 * 2000);
  op.m = 5;
  EXPECT_DOUBLE_EQ(demand(op).weights.base(), 8 * 2000);
}

TEST_F(DemandTest, AllExpertsActiveIsTheDenseLayerOfTheirWidth) {
  for (const double rows : {1.0, 7.0, 300.0}) {
    const Demand moe = demand(ExpertGemm{
        .m = rows, .n = 50, .k = 100, .experts = 8, .experts_per_token = 8, .weights = id("Q4")});
    const Demand dense = demand(Gemm{.m = rows, .n = 400, .k = 100, .weights = id("Q4")});
    EXPECT_DOUBLE_EQ(moe.weights.base(), dense.weights.base());
    EXPECT_DOUBLE_EQ(moe.flops.base(), dense.flops.base());
    EXPECT_EQ(moe.arithmetic, dense.arithmetic);
  }
}

TEST_F(DemandTest, PackedHeadsTakeTheCacheInOnce) {
  Attention op{.heads = 8,
               .kv_heads = 2,
               .head_dim = 10,
               .value_dim = 10,
               .kv_len = 98,
               .keys = id("F16"),
               .values = id("F16")};
  EXPECT_DOUBLE_EQ(demand(op).intake.base(), 4 * demand(op).kv.base());
  op.packs_heads = true;
  EXPECT_DOUBLE_EQ(demand(op).intake.base(), demand(op).kv.base());
}

TEST_F(DemandTest, AttentionReadsTheCacheAndStoresTheNewTokens) {
  const Demand d = demand(Attention{.batch = 2,
                                    .queries = 1,
                                    .heads = 4,
                                    .kv_heads = 2,
                                    .head_dim = 10,
                                    .value_dim = 20,
                                    .kv_len = 98,
                                    .keys = id("F16"),
                                    .values = id("Q8")});
  // A token: 2 heads of 10 two-byte keys and of 20 one-byte values. One token is read after it was
  // written, so 98 + 2 are moved.
  EXPECT_DOUBLE_EQ(d.kv.base(), 2 * 100 * (40 + 40));
  EXPECT_DOUBLE_EQ(d.intake.base(), 2 * d.kv.base());  // 4 query heads share 2
  EXPECT_DOUBLE_EQ(d.activations.base(), 2 * (2 * 4 * 30));
  EXPECT_DOUBLE_EQ(d.flops.base(), 2 * (2 * 4) * 98.5 * 30);
  EXPECT_DOUBLE_EQ(d.weights.base(), 0);
  EXPECT_DOUBLE_EQ(d.serial_steps, 98);
}

TEST_F(DemandTest, KvTrafficIsLinearInBatchAndInContextBeyondTheStoredToken) {
  const auto kv = [&](double batch, double length) {
    return demand(Attention{.batch = batch,
                            .heads = 4,
                            .kv_heads = 2,
                            .head_dim = 10,
                            .value_dim = 10,
                            .kv_len = length,
                            .keys = id("F16"),
                            .values = id("F16")})
        .kv.base();
  };
  EXPECT_DOUBLE_EQ(kv(5, 100), 5 * kv(1, 100));
  EXPECT_DOUBLE_EQ(kv(1, 3000) - kv(1, 0), 3 * (kv(1, 1000) - kv(1, 0)));
}

TEST_F(DemandTest, LatentAttentionReadsOneCacheForAllHeads) {
  const Demand d = demand(
      LatentAttention{.heads = 4, .rank = 90, .rope_dim = 10, .kv_len = 98, .kv = id("F16")});
  EXPECT_DOUBLE_EQ(d.kv.base(), 100 * 200);
  EXPECT_DOUBLE_EQ(d.intake.base(), 4 * d.kv.base());
  EXPECT_DOUBLE_EQ(d.activations.base(), 2 * 4 * (100 + 90));
  EXPECT_DOUBLE_EQ(d.flops.base(), 2 * 4 * 98.5 * (100 + 90));
}

TEST_F(DemandTest, RecurrenceReadsAndWritesItsStateOnceACall) {
  const Demand d = demand(Recurrence{.batch = 3, .tokens = 2, .state = 1000});
  EXPECT_DOUBLE_EQ(d.state.base(), 2 * 3 * 1000 * 4);
  EXPECT_DOUBLE_EQ(d.flops.base(), 6 * 3 * 2 * 1000);
}

TEST_F(DemandTest, SmallOperatorsMoveTheirValuesInAndOut) {
  const Demand d = demand(Elementwise{.values = 1000});
  EXPECT_DOUBLE_EQ(d.activations.base(), 4000);
  EXPECT_DOUBLE_EQ(d.flops.base(), 1000);
  EXPECT_EQ(d.arithmetic, ArithmeticClass::Fp32);
}

TEST_F(DemandTest, LookupReadsOnlyItsRows) {
  const Demand d = demand(Gather{.rows = 2, .row_length = 1000, .table = id("Q4")});
  EXPECT_DOUBLE_EQ(d.weights.base(), 1000);
  EXPECT_DOUBLE_EQ(d.activations.base(), 4000);
  EXPECT_DOUBLE_EQ(d.flops.base(), 0);
  EXPECT_DOUBLE_EQ(d.intake.base(), 0);
}

TEST_F(DemandTest, AllReduceSendsTwiceAllButItsOwnShare) {
  EXPECT_DOUBLE_EQ(demand(AllReduce{.bytes = 8000, .ranks = 4}).message.base(), 12000);
  EXPECT_DOUBLE_EQ(demand(AllReduce{.bytes = 8000, .ranks = 2}).message.base(), 8000);
  EXPECT_DOUBLE_EQ(demand(AllReduce{.bytes = 8000, .ranks = 1}).message.base(), 0);
}

TEST(DistinctExperts, OneTokenTouchesItsOwn) {
  EXPECT_DOUBLE_EQ(expected_distinct_experts(64, 6, 1), 6);
  EXPECT_DOUBLE_EQ(expected_distinct_experts(1, 1, 1), 1);
}

TEST(DistinctExperts, GrowsWithTokensUpToAll) {
  double before = 0;
  for (const double tokens : {1.0, 2.0, 4.0, 16.0, 64.0}) {
    const double distinct = expected_distinct_experts(64, 6, tokens);
    EXPECT_GT(distinct, before);
    EXPECT_LT(distinct, 64);
    before = distinct;
  }
  EXPECT_NEAR(expected_distinct_experts(64, 6, 1000), 64, 1e-9);
  EXPECT_DOUBLE_EQ(expected_distinct_experts(8, 8, 1), 8);
}

TEST(DistinctExperts, IsTheMeanOfTheOccupancyProcess) {
  // Two tokens of one expert each out of four: the second differs with probability 3/4.
  EXPECT_DOUBLE_EQ(expected_distinct_experts(4, 1, 2), 1.75);
}

}  // namespace
}  // namespace foretoken::ops
