// Every architecture file against counts known beforehand: tests/model/expected_counts.csv holds
// parameters, parameters read a token at batch 1, KV elements a token (full and windowed layers)
// and recurrent state, worked out from the published shapes by an independent program.

#include <cmath>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "base/csv_table.h"
#include "model/kv_cache.h"
#include "model/llm_checks.h"
#include "model/tensors.h"
#include "tests/model/model_files.h"

namespace foretoken::model {
namespace {

struct KvTotals {
  double full = 0.0;
  double window = 0.0;
};

// The table leaves out the uncompressed keys of an indexer.
KvTotals kv_totals(const Llm& llm) {
  KvTotals sum;
  for (const KvDemand& demand : kv_demands(llm)) {
    (demand.window > 0 ? sum.window : sum.full) += demand.elements_per_token();
    sum.full += demand.compressed_elements;
  }
  return sum;
}

TEST(Counts, EveryFileMatchesTheExpectedCounts) {
  const CsvTable table =
      CsvTable::read(std::string(FORETOKEN_TESTS_DIR) + "/model/expected_counts.csv");
  ASSERT_EQ(table.rows(), 204U);
  std::set<std::string> seen;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::string id(table.cell(row, 0));
    SCOPED_TRACE(id);
    seen.insert(id);
    const auto found = all_models().find(id);
    ASSERT_NE(found, all_models().end());
    const Llm& llm = found->second;
    const double params = *table.number(row, 1);
    EXPECT_NEAR(parameter_count(llm) / params, 1.0, 0.0002);
    EXPECT_NEAR(parameters_read_per_token(llm) / *table.number(row, 2), 1.0, 0.003);
    const KvTotals kv = kv_totals(llm);
    EXPECT_DOUBLE_EQ(kv.full, *table.number(row, 3));
    EXPECT_DOUBLE_EQ(kv.window, *table.number(row, 4));
    EXPECT_DOUBLE_EQ(state_elements(llm), *table.number(row, 5));
  }
  EXPECT_EQ(seen.size(), all_models().size());
}

TEST(Counts, EveryFileIsNearItsPublishedCount) {
  int published = 0;
  for (const auto& [id, llm] : all_models()) {
    SCOPED_TRACE(id);
    EXPECT_LE(std::abs(published_params_error(llm)), kPublishedParamsTolerance);
    published += llm.published_params ? 1 : 0;
    EXPECT_FALSE(llm.source.empty());
  }
  EXPECT_GE(published, 190);
}

TEST(Counts, PredictionLayersExplainPublishedTotalsThatHoldThem) {
  for (const std::string id : {"qwen3.6-27b", "qwen3.6-35b-a3b", "qwen3.5-122b-a10b"}) {
    SCOPED_TRACE(id);
    const Llm& llm = all_models().at(id);
    EXPECT_NEAR(published_params_error(llm), 0.0, 1e-6);
  }
}

TEST(Counts, ADenseModelIsTheSumOfItsMatrices) {
  const Llm& llm = all_models().at("llama-3.1-8b");
  double norms = 0.0;
  double head = 0.0;
  for (const Tensor& tensor : tensors_of(llm)) {
    if (tensor.role == TensorRole::Norm) norms += tensor.params();
    if (tensor.role == TensorRole::Output) head += tensor.params();
  }
  EXPECT_EQ(norms, 65.0 * 4096.0);
  EXPECT_EQ(head, 128256.0 * 4096.0);
  EXPECT_EQ(parameter_count(llm), 8030261248.0);
  EXPECT_EQ(parameters_read_per_token(llm), 8030261248.0 - 128255.0 * 4096.0);
}

}  // namespace
}  // namespace foretoken::model
