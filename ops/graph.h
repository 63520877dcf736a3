#pragma once

/// The operators of one step with their dependencies. Identical layers stand once, with a repeat
/// count, so a step of any depth costs as many evaluations as it has different operators.

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "ops/op.h"

namespace foretoken::ops {

struct OpNode {
  std::string name;  ///< "attn_q", "ffn_down", "output"
  Op op;
  double repeat = 1;    ///< how often the operator runs in a step, one after another
  double launches = 1;  ///< kernel launches each time
};

class OpGraph {
 public:
  OpGraph();
  ~OpGraph();
  OpGraph(OpGraph&&) noexcept;
  OpGraph& operator=(OpGraph&&) noexcept;

  /// Adds an operator that waits for all of `after`; returns its index in `nodes()`.
  std::size_t add(OpNode node, std::span<const std::size_t> after = {});

  const std::vector<OpNode>& nodes() const { return nodes_; }

  /// Indices so that every operator comes after those it waits for; stable for equal graphs.
  std::vector<std::size_t> order() const;
  /// The largest sum of `weights` (one a node, not negative) along any chain of dependencies.
  double longest_chain(std::span<const double> weights) const;

 private:
  struct Dependencies;
  std::vector<OpNode> nodes_;
  std::unique_ptr<Dependencies> dependencies_;
};

}  // namespace foretoken::ops
