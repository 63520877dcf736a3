#include "validate/limits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/thrown.h"

namespace foretoken::validate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kText = R"(schema: 1
source: invented
device:
  forge: {median: 0.10, p90: 0.30, covered: 0.85}
  anvil: {median: 0.20, p90: 0.50}
)";

Group group(const std::string& pool, double median, double p90, double covered) {
  Group group;
  group.key = "pool=" + pool;
  group.metrics.median_ape = median;
  group.metrics.p90_ape = p90;
  group.metrics.coverage = {0.5, 0.8, covered};
  return group;
}

Scorecard card(std::vector<Group> groups) {
  Scorecard card;
  card.leave_out = "device";
  card.groups = std::move(groups);
  return card;
}

TEST(Limits, AreKeptOnTheBarAndUnderIt) {
  const Limits limits = parse_limits(kText, "limits.yaml");
  EXPECT_THAT(beyond_limits(card({group("forge", 0.10, 0.30, 0.85), group("anvil", 0.1, 0.2, 0)}),
                            limits, {}),
              IsEmpty());
}

TEST(Limits, EachBarThatIsNotKeptIsALine) {
  const Limits limits = parse_limits(kText, "limits.yaml");
  EXPECT_THAT(beyond_limits(card({group("forge", 0.11, 0.31, 0.84), group("anvil", 0.1, 0.6, 0)}),
                            limits, {}),
              ElementsAre("forge: median error 11.0 %, the limit is 10.0 %",
                          "forge: p90 error 31.0 %, the limit is 30.0 %",
                          "forge: inside the 90 % interval 84.0 %, the limit is 85.0 %",
                          "anvil: p90 error 60.0 %, the limit is 50.0 %"));
}

TEST(Limits, APoolThatIsGoneIsSaidUnlessNotAskedFor) {
  const Limits limits = parse_limits(kText, "limits.yaml");
  const Scorecard half = card({group("forge", 0.05, 0.1, 0.9)});
  EXPECT_THAT(beyond_limits(half, limits, {}), ElementsAre("anvil: no clean row"));
  EXPECT_THAT(beyond_limits(half, limits, {"forge"}), IsEmpty());
}

TEST(Limits, EnergiesHaveBarsOfTheirOwnByDevice) {
  const Limits limits = parse_limits(std::string(kText) +
                                         "energy:\n  device:\n    all: {median: 0.3, p90: 0.6}\n"
                                         "    forge-1: {median: 0.2, p90: 0.4, covered: 0.8}\n",
                                     "limits.yaml");
  Scorecard energy = card({group("forge", 0.9, 0.9, 0.0)});
  energy.energy = true;
  EXPECT_THAT(beyond_limits(energy, limits, {}),
              ElementsAre("all: no clean row", "forge-1: no clean row"));
  energy.groups.push_back(group("forge-1", 0.2, 0.5, 0.9));
  energy.groups.back().key = "device=forge-1";
  energy.all = {.rows = 9, .median_ape = 0.31, .p90_ape = 0.5};
  EXPECT_THAT(beyond_limits(energy, limits, {}),
              ElementsAre("all: median error 31.0 %, the limit is 30.0 %",
                          "forge-1: p90 error 50.0 %, the limit is 40.0 %"));
  energy.leave_out = "model";
  EXPECT_THAT(test::error_of([&] { beyond_limits(energy, limits, {}); }),
              HasSubstr("no limits of energies for leaving out 'model'"));
}

TEST(Limits, NothingIsPromisedForAFoldWithoutLimits) {
  Scorecard by_model = card({});
  by_model.leave_out = "model";
  EXPECT_THAT(
      test::error_of([&] { beyond_limits(by_model, parse_limits(kText, "limits.yaml"), {}); }),
      HasSubstr("no limits for leaving out 'model'"));
}

TEST(Limits, FaultsHaveTheirPlace) {
  const auto faults = [](const std::string& line) {
    return test::error_of([&] {
      parse_limits("schema: 1\nsource: x\ndevice:\n  forge: " + line + "\n", "limits.yaml");
    });
  };
  EXPECT_THAT(faults("{median: -1, p90: 0.3}"), HasSubstr("limits.yaml:4"));
  EXPECT_THAT(faults("{median: .nan, p90: 0.3}"), HasSubstr("median"));
  EXPECT_THAT(faults("{median: 0.1}"), HasSubstr("p90"));
  EXPECT_THAT(faults("{median: 0.1, p90: 0.3, cover: 1}"), HasSubstr("cover"));
}

TEST(Limits, TheShippedFileIsReadable) {
  const Limits limits = read_limits(std::string(FORETOKEN_DATA_DIR) + "/limits.yaml");
  EXPECT_GE(limits.at("device").size(), 10U);
  EXPECT_GE(limits.at("model").size(), 10U);
}

}  // namespace
}  // namespace foretoken::validate
