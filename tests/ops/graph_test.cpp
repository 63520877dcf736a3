#include "ops/graph.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace foretoken::ops {
namespace {

using testing::ElementsAre;

using After = std::vector<std::size_t>;

/// a, then b and c side by side, then d.
OpGraph diamond() {
  OpGraph graph;
  const std::size_t a = graph.add({.name = "a", .op = Elementwise{}});
  const std::size_t b = graph.add({.name = "b", .op = Elementwise{}}, After{a});
  const std::size_t c = graph.add({.name = "c", .op = Elementwise{}}, After{a});
  graph.add({.name = "d", .op = Elementwise{}}, After{b, c});
  return graph;
}

std::vector<std::size_t> places(const std::vector<std::size_t>& order) {
  std::vector<std::size_t> place(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) place[order[i]] = i;
  return place;
}

TEST(OpGraph, KeepsNodesInTheOrderTheyWereAdded) {
  const OpGraph graph = diamond();
  ASSERT_EQ(graph.nodes().size(), 4u);
  EXPECT_EQ(graph.nodes()[0].name, "a");
  EXPECT_EQ(graph.nodes()[3].name, "d");
}

TEST(OpGraph, OrdersOperatorsAfterThoseTheyWaitFor) {
  const std::vector<std::size_t> place = places(diamond().order());
  EXPECT_EQ(place[0], 0u);
  EXPECT_EQ(place[3], 3u);
  EXPECT_EQ(diamond().order(), diamond().order());
}

TEST(OpGraph, LongestChainTakesTheSlowerBranch) {
  const OpGraph graph = diamond();
  EXPECT_DOUBLE_EQ(graph.longest_chain(std::array{1.0, 10.0, 20.0, 2.0}), 23);
  EXPECT_DOUBLE_EQ(graph.longest_chain(std::array{1.0, 30.0, 20.0, 2.0}), 33);
}

TEST(OpGraph, LongestChainOfUnconnectedOperatorsIsTheLargest) {
  OpGraph graph;
  for (int i = 0; i < 3; ++i) graph.add({.name = "x", .op = Elementwise{}});
  EXPECT_DOUBLE_EQ(graph.longest_chain(std::array{1.0, 5.0, 2.0}), 5);
}

TEST(OpGraph, EmptyGraphHasNoOrderAndNoChain) {
  const OpGraph graph;
  EXPECT_TRUE(graph.order().empty());
  EXPECT_EQ(graph.longest_chain({}), 0.0);
}

TEST(OpGraph, MovesWithItsDependencies) {
  OpGraph graph = diamond();
  OpGraph other;
  other = std::move(graph);
  EXPECT_DOUBLE_EQ(other.longest_chain(std::array{1.0, 1.0, 1.0, 1.0}), 3);
}

/// A graph in which every operator waits for some of those before it.
struct AnyGraph {
  OpGraph graph;
  std::vector<After> after;
};

AnyGraph any_graph() {
  AnyGraph any;
  const int count = *rc::gen::inRange(1, 20);
  for (int i = 0; i < count; ++i) {
    After after;
    for (std::size_t j = 0; j < static_cast<std::size_t>(i); ++j) {
      if (*rc::gen::inRange(0, 4) == 0) after.push_back(j);
    }
    any.graph.add({.name = "x", .op = Elementwise{}}, after);
    any.after.push_back(after);
  }
  return any;
}

RC_GTEST_PROP(OpGraphProperty, OrderRespectsEveryDependency, ()) {
  const AnyGraph any = any_graph();
  const std::vector<std::size_t> place = places(any.graph.order());
  for (std::size_t i = 0; i < any.after.size(); ++i) {
    for (const std::size_t j : any.after[i]) RC_ASSERT(place[j] < place[i]);
  }
}

RC_GTEST_PROP(OpGraphProperty, LongestChainLiesBetweenTheLargestAndTheSum, ()) {
  const AnyGraph any = any_graph();
  std::vector<double> weights;
  for (std::size_t i = 0; i < any.after.size(); ++i) {
    weights.push_back(*rc::gen::inRange(0, 1000) / 8.0);
  }
  const double longest = any.graph.longest_chain(weights);
  RC_ASSERT(longest >= *std::max_element(weights.begin(), weights.end()));
  RC_ASSERT(longest <= std::accumulate(weights.begin(), weights.end(), 0.0));
}

}  // namespace
}  // namespace foretoken::ops
