#include "calibrate/dataset.h"

#include <cmath>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/invented_data.h"
#include "tests/support/thrown.h"

namespace foretoken::calibrate {
namespace {

const std::string kHeader =
    "row_id,source,device,runtime,model,weight_format,context_start,decode_tok_s,label\n";

class DatasetTest : public testing::Test {
 protected:
  void decode(const std::string& rows) { data.write("measurements/decode_a.csv", kHeader + rows); }
  Dataset read() const { return read_dataset(library, {data.path()}); }

  test::InventedData data;
  sim::Library library = data.library();
};

TEST_F(DatasetTest, SortsRowsIntoPools) {
  decode("r1,us,anvil,plain,tenfold,half,0,300,\nr2,us,bellow,plain,tenfold,half,0,50,\n");
  const Dataset set = read();
  EXPECT_EQ(set.decode_rows.size(), 2u);
  ASSERT_EQ(set.pools.size(), 2u);
  const PoolData& forge = set.pools.at("forge");
  ASSERT_EQ(forge.rows.size(), 1u);
  EXPECT_EQ(forge.rows[0].decode->row->row_id, "r1");
  EXPECT_TRUE(forge.rows[0].fitted);
  EXPECT_EQ(forge.fit_rows.size(), 1u);
  EXPECT_DOUBLE_EQ(forge.fit_rows[0].ln_seconds, -std::log(300.0));
  EXPECT_EQ(set.pools.at("bellows").rows.size(), 1u);
}

TEST_F(DatasetTest, KeepsReasonsForRowsItCannotUse) {
  decode("r1,us,hammer,plain,tenfold,half,0,300,\nr2,us,anvil,plain,tenfold,half,0,300,\n");
  const Dataset set = read();
  ASSERT_EQ(set.unusable.size(), 1u);
  EXPECT_EQ(set.unusable[0].row_id, "r1");
  EXPECT_EQ(set.unusable[0].reason, "unknown device 'hammer'");
  EXPECT_EQ(set.pools.at("forge").rows.size(), 1u);
}

TEST_F(DatasetTest, LabelsDecideWhatIsFittedAndWhatCounts) {
  decode(
      "r1,us,anvil,plain,tenfold,half,0,300,multi-device\n"
      "r2,us,anvil,plain,tenfold,half,0,300,throttled\n"
      "r3,us,anvil,plain,tenfold,half,0,300,prefill-heavy\n");
  const Dataset set = read();
  const auto& rows = set.pools.at("forge").rows;
  ASSERT_EQ(rows.size(), 3u);  // all are predicted
  EXPECT_FALSE(rows[0].fitted);
  EXPECT_FALSE(rows[0].decode->clean());
  EXPECT_FALSE(rows[1].fitted);
  EXPECT_TRUE(rows[1].decode->clean());
  EXPECT_TRUE(rows[2].fitted);
  EXPECT_TRUE(rows[2].decode->clean());
}

TEST_F(DatasetTest, RowsOfOneConfigurationShareTheirWeight) {
  std::string rows;
  for (int i = 0; i < 4; ++i) {
    rows += "d,us,anvil,plain,tenfold,half," + std::to_string(1000 * i) + ",300,\n";
  }
  rows += "e,us,anvil,plain,tenfold,four,0,300,\n";    // another format
  rows += "f,them,anvil,plain,tenfold,half,0,300,\n";  // another's measurement
  rows += "g,us,anvil,plain,tenfold,half,0,300,throttled\n";
  decode(rows);
  const Dataset set = read();
  const auto& fit = set.pools.at("forge").fit_rows;
  ASSERT_EQ(fit.size(), 7u);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_DOUBLE_EQ(fit[i].weight, 0.5);
  EXPECT_DOUBLE_EQ(fit[4].weight, 1.0);
  EXPECT_DOUBLE_EQ(fit[5].weight, 1.0);
}

TEST_F(DatasetTest, ADeviceWithManyConfigurationsSharesItsWeight) {
  std::string rows;
  for (int i = 0; i < 40; ++i) {
    rows += "r,us" + std::to_string(i) + ",anvil,plain,tenfold,half,0,300,\n";
  }
  rows += "r,us,bigger-anvil,plain,tenfold,half,0,300,\n";
  decode(rows);
  const Dataset set = read();
  const auto& fit = set.pools.at("forge").fit_rows;
  EXPECT_DOUBLE_EQ(fit[0].weight, 0.5);  // 10 of its 40 configurations count in full
  EXPECT_DOUBLE_EQ(fit[40].weight, 1.0);
}

TEST_F(DatasetTest, KernelsJoinThePoolOfTheirDevice) {
  decode("r1,us,anvil,plain,tenfold,half,0,300,\n");
  data.write("measurements/kernels/gemm.csv",
             "row_id,device,runtime,op,weight_format,m,n,k,latency_us,label\n"
             "k1,anvil,plain,gemm,F16,1,1000,2000,20,\n"
             "k2,anvil,plain,gemm,F16,1,1000,2000,20,cache\n"
             "k3,anvil,plain,sort,F16,1,1000,2000,20,\n");
  const Dataset set = read();
  const PoolData& forge = set.pools.at("forge");
  ASSERT_EQ(forge.rows.size(), 3u);
  EXPECT_EQ(forge.rows[1].kernel->row->row_id, "k1");
  EXPECT_TRUE(forge.rows[1].fitted);
  EXPECT_FALSE(forge.rows[2].fitted);
  EXPECT_EQ(forge.fit_rows[1].host, -1);
  ASSERT_EQ(set.unusable.size(), 1u);
  EXPECT_EQ(set.unusable[0].row_id, "k3");
}

TEST_F(DatasetTest, AThirdOfTheExpertKernelsOfDecodeSizeSpeaksForAll) {
  std::string rows =
      "row_id,device,runtime,op,weight_format,m,n,k,experts,experts_active,latency_us\n";
  for (int i = 0; i < 300; ++i) {
    rows += "k" + std::to_string(i) + ",anvil,plain,moe,F16," + (i < 200 ? "8" : "128") +
            ",1000,2000,8,2,500\n";
  }
  data.write("measurements/kernels/moe.csv", rows);
  const Dataset set = read();
  const PoolData& forge = set.pools.at("forge");
  ASSERT_EQ(forge.rows.size(), 300u);  // all are predicted
  int fitted = 0;
  for (const PoolRow& row : forge.rows) {
    if (!row.fitted) continue;
    EXPECT_LE(row.kernel->row->m, 64);
    ++fitted;
  }
  EXPECT_GT(fitted, 40);
  EXPECT_LT(fitted, 100);
}

TEST_F(DatasetTest, ReadsEveryDecodeFileAndNoOther) {
  decode("r1,us,anvil,plain,tenfold,half,0,300,\n");
  data.write("measurements/decode_b.csv", kHeader + "r2,us,anvil,plain,tenfold,half,0,310,\n");
  data.write("measurements/sources.csv", "source,url\nus,none\n");
  EXPECT_EQ(read().decode_rows.size(), 2u);
}

TEST_F(DatasetTest, HashTellsMeasurementsApart) {
  decode("r1,us,anvil,plain,tenfold,half,0,300,\n");
  const std::string before = read().hash;
  EXPECT_EQ(read().hash, before);
  decode("r1,us,anvil,plain,tenfold,half,0,301,\n");
  EXPECT_NE(read().hash, before);
}

TEST_F(DatasetTest, FaultsOfAFileNameIt) {
  decode("r1,us,anvil,plain,tenfold,half,0,-300,\n");
  EXPECT_THAT(test::config_error_of([&] { read(); }), testing::HasSubstr("decode_a.csv:2"));
}

TEST_F(DatasetTest, AUsersRowsAreNeverFitted) {
  const std::string path =
      data.write("mine.csv", kHeader + "r1,us,anvil,plain,tenfold,half,0,300,\n");
  const Dataset set = read_foreign(library, path);
  ASSERT_EQ(set.pools.at("forge").rows.size(), 1u);
  EXPECT_FALSE(set.pools.at("forge").rows[0].fitted);
}

}  // namespace
}  // namespace foretoken::calibrate
