#include <cmath>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/predict.h"
#include "tests/support/invented_data.h"
#include "tests/support/thrown.h"
#include "validate/run.h"

namespace foretoken::validate {
namespace {

using testing::AllOf;
using testing::HasSubstr;

const std::string kHeader =
    "row_id,device,runtime,model,weight_format,context_start,gen_tokens,decode_tok_s,label\n";

class AgainstTest : public testing::Test {
 protected:
  Scorecard score(const std::string& rows, const ValidateOptions& options = {}) {
    return against(library, data.write("mine.csv", kHeader + rows), options);
  }
  test::InventedData data;
  sim::Library library = data.library();
};

TEST_F(AgainstTest, ScoresRowsWithTheLibrarysCoefficients) {
  // The machine of the tests predicts 404.53 tokens/s; the row says a tenth less.
  const double predicted = sim::predict(test::invented_request(library), library).rate.point.base();
  const Scorecard card =
      score("r1,anvil,plain,tenfold,half,934,128," + std::to_string(predicted * 0.9) + ",\n");
  EXPECT_EQ(card.rows, 1u);
  EXPECT_EQ(card.predicted, 1u);
  EXPECT_EQ(card.leave_out, "");
  EXPECT_NEAR(card.all.mape, 0.1, 1e-5);  // of seconds: 0.9 of the measured ones
  EXPECT_NEAR(card.all.bias, -0.1, 1e-5);
  ASSERT_EQ(card.worst.size(), 1u);
  EXPECT_EQ(card.worst[0].row_id, "r1");
  EXPECT_NEAR(card.worst[0].predicted, predicted, 1e-6);
  EXPECT_NEAR(card.worst[0].measured, predicted * 0.9, 1e-4);
  EXPECT_EQ(card.worst[0].what, "anvil / tenfold / half / plain");
}

TEST_F(AgainstTest, SkipsUnknownNamesWithTheirReasons) {
  const Scorecard card = score(
      "r1,anvil,plain,tenfold,half,0,128,300,\n"
      "r2,hammer,plain,tenfold,half,0,128,300,\n"
      "r3,anvil,plain,gpt-9,half,0,128,300,\n"
      "r4,anvil,plain,tenfold,Q99,0,128,300,\n");
  EXPECT_EQ(card.rows, 4u);
  EXPECT_EQ(card.predicted, 1u);
  ASSERT_EQ(card.skipped.size(), 3u);
  EXPECT_EQ(card.skipped[0].row_id, "r2");
  EXPECT_THAT(card.skipped[0].reason, HasSubstr("device 'hammer'"));
  EXPECT_THAT(card.skipped[1].reason, HasSubstr("model 'gpt-9'"));
  EXPECT_THAT(card.skipped[2].reason, HasSubstr("format 'Q99'"));
}

TEST_F(AgainstTest, ChangesNoCoefficient) {
  ops::PoolCoefficients pool;
  pool.law = library.laws.at("forge");
  pool.parameters["gemm.dram"] = {0.123, 0.05, 10};
  library.coefficients.add(pool);
  const double before = sim::predict(test::invented_request(library), library).step.point.base();
  score("r1,anvil,plain,tenfold,half,0,128,30,\nr2,anvil,plain,tenfold,half,0,128,4000,\n");
  EXPECT_EQ(sim::predict(test::invented_request(library), library).step.point.base(), before);
  const auto& parameters = library.coefficients.find("forge")->parameters;
  ASSERT_EQ(parameters.size(), 1u);
  EXPECT_EQ(parameters.at("gemm.dram").value, 0.123);
  EXPECT_EQ(parameters.at("gemm.dram").rows, 10);
}

TEST_F(AgainstTest, RowsWithAnExcludingLabelAreScoredApart) {
  const Scorecard card = score(
      "r1,anvil,plain,tenfold,half,0,128,300,\n"
      "r2,anvil,plain,tenfold,half,0,128,100,throttled;flag\n");
  EXPECT_EQ(card.predicted, 1u);
  EXPECT_EQ(card.all.rows, 1u);
  EXPECT_TRUE(card.clean_by_label.empty());
  ASSERT_EQ(card.labelled.size(), 2u);
  EXPECT_EQ(card.labelled[0].key, "label=flag");
  EXPECT_EQ(card.labelled[1].key, "label=throttled");
  EXPECT_EQ(card.labelled[1].metrics.rows, 1u);
}

TEST_F(AgainstTest, ConditionsAndNotesCountAndAreShownApartToo) {
  const Scorecard card = score(
      "r1,anvil,plain,tenfold,half,0,128,300,\n"
      "r2,anvil,plain,tenfold,half,0,128,100,throttled\n"
      "r3,anvil,plain,tenfold,half,0,128,200,throttled;prefill-heavy\n");
  EXPECT_EQ(card.predicted, 3u);
  EXPECT_EQ(card.all.rows, 3u);
  EXPECT_TRUE(card.labelled.empty());
  ASSERT_EQ(card.clean_by_label.size(), 3u);
  EXPECT_EQ(card.clean_by_label[0].key, "label=prefill-heavy");
  EXPECT_EQ(card.clean_by_label[0].metrics.rows, 1u);
  EXPECT_EQ(card.clean_by_label[1].key, "label=throttled");
  EXPECT_EQ(card.clean_by_label[1].metrics.rows, 2u);
  EXPECT_EQ(card.clean_by_label[2].key, "no label");
  EXPECT_EQ(card.clean_by_label[2].metrics.rows, 1u);
}

TEST_F(AgainstTest, GroupsAsAsked) {
  const Scorecard card = score(
      "r1,anvil,plain,tenfold,half,0,128,300,\n"
      "r2,bigger-anvil,plain,tenfold,four,0,128,400,\n",
      {.group_by = {"device", "format_class"}});
  ASSERT_EQ(card.groups.size(), 4u);
  EXPECT_EQ(card.groups[0].key, "device=anvil");
  EXPECT_EQ(card.groups[2].key, "format_class=four");
}

TEST_F(AgainstTest, RefusesAnUnknownGroup) {
  EXPECT_THAT(test::error_of([&] { score("", {.group_by = {"colour"}}); }),
              AllOf(HasSubstr("'colour'"), HasSubstr("device")));
}

TEST_F(AgainstTest, ListsTheWorstRowsFirst) {
  const Scorecard card = score(
      "near,anvil,plain,tenfold,half,934,128,404,\n"
      "far,anvil,plain,tenfold,half,934,128,40,\n"
      "off,anvil,plain,tenfold,half,934,128,500,\n",
      {.worst = 2});
  ASSERT_EQ(card.worst.size(), 2u);
  EXPECT_EQ(card.worst[0].row_id, "far");
  EXPECT_EQ(card.worst[1].row_id, "off");
}

}  // namespace
}  // namespace foretoken::validate
