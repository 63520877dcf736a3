#include "model/kv_cache.h"

#include <gtest/gtest.h>

#include "tests/model/model_files.h"

namespace foretoken::model {
namespace {

FormatTable table_of_two() {
  FormatTable table;
  table.add({.id = "F16", .values_per_block = 1, .bytes_per_block = 2.0, .kind = "float"});
  table.add({.id = "Q8_0", .values_per_block = 32, .bytes_per_block = 34.0, .kind = "legacy"});
  return table;
}

TEST(KvCache, GqaAt16BitIsTwoByteElementsOfEveryLayer) {
  const FormatTable table = table_of_two();
  const FormatId f16 = table.id_of("F16");
  const Llm& llm = all_models().at("llama-3.1-8b");
  const Bytes bytes = kv_cache_bytes(llm, 1000, 3, f16, f16, table);
  EXPECT_DOUBLE_EQ(bytes.base(), 3.0 * 1000.0 * 32.0 * 2.0 * 8.0 * 128.0 * 2.0);
  const Bytes mixed = kv_cache_bytes(llm, 1000, 1, table.id_of("Q8_0"), f16, table);
  EXPECT_DOUBLE_EQ(mixed.base(), 1000.0 * 32.0 * 1024.0 * (34.0 / 32.0 + 2.0));
}

TEST(KvCache, WindowsStopGrowing) {
  const FormatTable table = table_of_two();
  const FormatId f16 = table.id_of("F16");
  const Llm& llm = all_models().at("gpt-oss-20b");  // 12 layers with a window of 128, 12 without
  const double at_128 = kv_cache_bytes(llm, 128, 1, f16, f16, table).base();
  const double at_1128 = kv_cache_bytes(llm, 1128, 1, f16, f16, table).base();
  EXPECT_DOUBLE_EQ(at_128, 128.0 * 24576.0 * 2.0);
  EXPECT_DOUBLE_EQ(at_1128 - at_128, 1000.0 * 12288.0 * 2.0);
}

TEST(KvCache, LatentAttentionStoresOneVectorAToken) {
  const FormatTable table = table_of_two();
  const FormatId f16 = table.id_of("F16");
  const Llm& llm = all_models().at("deepseek-v3");
  EXPECT_DOUBLE_EQ(kv_cache_bytes(llm, 10, 1, f16, f16, table).base(), 10.0 * 61.0 * 576.0 * 2.0);
  EXPECT_TRUE(kv_demands(llm)[0].stored);
  EXPECT_EQ(kv_demands(llm)[0].v_elements, 0.0);
}

TEST(KvCache, ReusingAndEncoderLayersStoreNothing) {
  const auto gemma = kv_demands(all_models().at("gemma-4-e2b"));
  EXPECT_TRUE(gemma.front().stored);
  EXPECT_TRUE(gemma.back().reuses);
  EXPECT_EQ(gemma.back().elements_per_token(), 0.0);
  const auto t5 = kv_demands(all_models().at("t5-xl"));
  EXPECT_FALSE(t5.front().stored);
  EXPECT_TRUE(t5.back().stored);
}

TEST(KvCache, CompressedCacheGrowsByTheFractionOfItsRatio) {
  const KvDemand demand = kv_demands(all_models().at("deepseek-v4-flash"))[2];  // ratio 4
  EXPECT_EQ(demand.window, 128);
  EXPECT_DOUBLE_EQ(demand.elements_at(1000), 128.0 * 512.0 + 1000.0 * (512.0 + 128.0) / 4.0);
}

}  // namespace
}  // namespace foretoken::model
