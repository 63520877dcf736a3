#include "ops/graph.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/topological_sort.hpp>

namespace foretoken::ops {

struct OpGraph::Dependencies {
  boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS> edges;
};

OpGraph::OpGraph() : dependencies_(std::make_unique<Dependencies>()) {}
OpGraph::~OpGraph() = default;
OpGraph::OpGraph(OpGraph&&) noexcept = default;
OpGraph& OpGraph::operator=(OpGraph&&) noexcept = default;

std::size_t OpGraph::add(OpNode node, std::span<const std::size_t> after) {
  const std::size_t index = boost::add_vertex(dependencies_->edges);
  for (const std::size_t earlier : after) boost::add_edge(earlier, index, dependencies_->edges);
  nodes_.push_back(std::move(node));
  return index;
}

std::vector<std::size_t> OpGraph::order() const {
  std::vector<std::size_t> reversed;
  reversed.reserve(nodes_.size());
  boost::topological_sort(dependencies_->edges, std::back_inserter(reversed));
  std::reverse(reversed.begin(), reversed.end());
  return reversed;
}

double OpGraph::longest_chain(std::span<const double> weights) const {
  std::vector<double> finish(nodes_.size(), 0.0);
  double longest = 0.0;
  for (const std::size_t node : order()) {
    double start = 0.0;
    const auto [first, last] = boost::in_edges(node, dependencies_->edges);
    for (auto edge = first; edge != last; ++edge) {
      start = std::max(start, finish[boost::source(*edge, dependencies_->edges)]);
    }
    finish[node] = start + weights[node];
    longest = std::max(longest, finish[node]);
  }
  return longest;
}

}  // namespace foretoken::ops
