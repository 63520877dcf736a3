#include "app/pareto.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace foretoken::app {
namespace {

using testing::ElementsAre;

TEST(Pareto, KeepsWhatNoOtherBeats) {
  EXPECT_THAT(pareto_set({{{1.0, 3.0}}, {{2.0, 2.0}}, {{3.0, 1.0}}, {{3.0, 3.0}}}),
              ElementsAre(true, true, true, false));
}

TEST(Pareto, OfEqualChoicesAllAreMembers) {
  EXPECT_THAT(pareto_set({{{1.0, 1.0}}, {{1.0, 1.0}}, {{1.0, 2.0}}}),
              ElementsAre(true, true, false));
}

TEST(Pareto, WhatIsNotKnownNeitherBeatsNorStays) {
  EXPECT_THAT(pareto_set({std::nullopt, {{2.0, 2.0}}}), ElementsAre(false, true));
}

}  // namespace
}  // namespace foretoken::app
