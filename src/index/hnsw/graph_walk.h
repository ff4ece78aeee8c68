// Walks through a graph: the paper's SEARCH-LAYER, algorithm 2, with the distances to all new neighbors of a node in one
// call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "index/hnsw/candidate_pool.h"
#include "index/hnsw/hnsw_graph.h"
#include "index/hnsw/node_space.h"
#include "rows/allowed_slots.h"

namespace vicinal {

/// Which nodes a search may find.
struct AllowedNodes {
  bool contains(uint32_t node) const { return allowed.contains(slots[node]); }

  const AllowedSlots& allowed;
  const std::vector<uint32_t>& slots;  // of nodes
};

class GraphWalk {
 public:
  explicit GraphWalk(HnswGraph& graph) : graph_(graph) {}

  /// Greedily from the graph's entry to the nearest node of `level`; the graph is not empty. May throw std::bad_alloc.
  GraphEdge descend(NodeScorer& scorer, size_t level);
  /// Likewise to some of the nearest nodes of level 1, from which a walk on level 0 of length `ef` sets out: from several
  /// starts it finds what lies in parts that few edges lead between.
  const std::vector<GraphEdge>& approach(NodeScorer& scorer, size_t ef);

  /// The nodes of `level` nearest to where `scorer` stands that a walk from `start` meets, up to `ef`, in `found()`.
  /// May throw std::bad_alloc.
  void run(NodeScorer& scorer, GraphEdge start, size_t level, size_t ef);
  /// The same from `starts`, nodes of that level.
  void run(NodeScorer& scorer, const std::vector<GraphEdge>& starts, size_t level, size_t ef);

  /// Of level 0 only nodes that may be found. Where few neighbors of a node are, their neighbors are looked at in their
  /// place (Patel, Kraft, Guestrin, Zaharia. ACORN: Performant and Predicate-Agnostic Search Over Vector Embeddings and
  /// Structured Data. SIGMOD 2024). Begins with a walk among all nodes, to come near; where those are not allowed, though
  /// many others are, it keeps four times as many as `ef`.
  void run_allowed(NodeScorer& scorer, const std::vector<GraphEdge>& starts, size_t ef,
                   const AllowedNodes& allowed);

  const CandidatePool& found() const { return pool_; }

 private:
  void expand_allowed(uint32_t node, NodeScorer& scorer, const AllowedNodes& allowed);
  void expand(uint32_t node, size_t level, NodeScorer& scorer);

  HnswGraph& graph_;
  CandidatePool pool_;
  std::vector<GraphEdge> start_, starts_, approached_;
  std::vector<uint32_t> passed_;
  uint32_t batch_[kMaxScoredNodes];
  float distances_[kMaxScoredNodes];
};

}  // namespace vicinal
