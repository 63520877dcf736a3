#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "app/scorecard_json.h"
#include "app/scorecard_text.h"

namespace foretoken::app {
namespace {

using validate::Metrics;

Metrics metrics(std::size_t rows, double median) {
  return {.rows = rows,
          .mape = median * 1.5,
          .median_ape = median,
          .p90_ape = median * 3,
          .bias = -0.01,
          .coverage = {0.5, 0.8, 0.9}};
}

validate::Scorecard example() {
  validate::Scorecard card;
  card.leave_out = "device";
  card.rows = 60;
  card.predicted = 50;
  card.folds = 7;
  card.all = metrics(50, 0.08);
  card.baselines = {metrics(50, 0.4), metrics(50, 0.3), metrics(50, 0.2)};
  card.kendall_tau = 0.9;
  card.groups.push_back(
      {"pool=a", metrics(30, 0.07), {metrics(30, 0.4), metrics(30, 0.06), metrics(30, 0.2)}});
  card.groups.push_back(
      {"pool=b", metrics(20, 0.2), {metrics(20, 0.1), metrics(20, 0.1), metrics(20, 0.1)}});
  card.clean_by_kind.push_back({"pool=a, arch_kind=moe", metrics(12, 0.09), {}});
  card.clean_by_label.push_back({"label=throttled", metrics(3, 0.5), {}});
  card.labelled.push_back({"label=speculative", metrics(4, 0.6), {}});
  card.skipped.push_back({"r-1", "unknown model"});
  card.worst.push_back({"r-2", 10.0, 25.0, "gpu / model / Q4 / runtime"});
  return card;
}

TEST(Unbeaten, NamesGroupsOfMoreThanTwentyRowsWhereABaselineIsBetter) {
  EXPECT_EQ(unbeaten(example()),
            std::vector<std::string>{"pool=a (30 rows): 'efficiency' has 6.0 %, we have 7.0 %"});
}

TEST(ScorecardJson, HasTheKeysThatOthersRelyOn) {
  const auto json = nlohmann::json::parse(scorecard_json(example()));
  EXPECT_EQ(json["rows"], 60);
  EXPECT_EQ(json["predicted"], 50);
  EXPECT_EQ(json["skipped"][0]["row_id"], "r-1");
  EXPECT_EQ(json["skipped"][0]["reason"], "unknown model");
  EXPECT_DOUBLE_EQ(json["mape"], 0.12);
  EXPECT_DOUBLE_EQ(json["median_ape"], 0.08);
  EXPECT_DOUBLE_EQ(json["p90_ape"], 0.24);
  EXPECT_DOUBLE_EQ(json["bias"], -0.01);
  EXPECT_DOUBLE_EQ(json["kendall_tau"], 0.9);
  EXPECT_DOUBLE_EQ(json["coverage"]["80"], 0.8);
  EXPECT_EQ(json["groups"][0]["key"], "pool=a");
  EXPECT_EQ(json["groups"][0]["rows"], 30);
  EXPECT_DOUBLE_EQ(json["groups"][0]["coverage"]["90"], 0.9);
  EXPECT_DOUBLE_EQ(json["groups"][0]["baselines"]["efficiency"]["median_ape"], 0.06);
  EXPECT_EQ(json["clean_by_kind"][0]["key"], "pool=a, arch_kind=moe");
  EXPECT_EQ(json["clean_by_label"][0]["key"], "label=throttled");
  EXPECT_EQ(json["labelled"][0]["key"], "label=speculative");
  EXPECT_EQ(json["worst"][0]["row_id"], "r-2");
  EXPECT_EQ(json["worst"][0]["measured"], 10);
  EXPECT_EQ(json["worst"][0]["predicted"], 25);
}

TEST(ScorecardText, ShowsGroupsLabelsWorstAndSkipped) {
  const std::string text = scorecard_text(example(), ScorecardStyle::Text);
  for (const char* part :
       {"each device left out in turn, 7 refits",
        "60 rows, 50 clean ones predicted: median error 8.0 %", "pool=a",
        "clean rows by pool and kind of model", "pool=a, arch_kind=moe", "label=speculative",
        "clean rows by label (counted above)", "label=throttled", "+150 %", "unknown model",
        "baselines not beaten in groups of more than 20 rows"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " is not in\n" << text;
  }
}

}  // namespace
}  // namespace foretoken::app
