// Neighbor selection: keeps a candidate only when it is nearer to the node than to every neighbor already kept, so that
// edges spread in direction.
// Based on: Malkov, Yashunin (hnsw_graph.h), algorithm 4.
// Departs from it: candidates that were left out are not added back; edges of the spanning tree are always kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "index/hnsw/hnsw_graph.h"
#include "index/hnsw/node_space.h"

namespace vicinal {

class NeighborSelection {
 public:
  explicit NeighborSelection(PairScorer& between) : between_(between) {}

  /// Keeps at most `limit` of the candidates, in their order, but at least those of the tree.
  /// candidates  nearest first; of the tree no more than limit
  /// slack       1 or more: a neighbor covers a candidate only where it is nearer by this factor
  /// May throw std::bad_alloc.
  void select(std::vector<GraphEdge>& candidates, size_t limit, float slack = 1);

  /// Whether a candidate is nearer to one of `kept` than to the node it is a candidate of.
  bool is_covered(const GraphEdge& candidate, const uint32_t* kept, size_t count, float slack = 1);

 private:
  PairScorer& between_;
  std::vector<uint32_t> kept_;
};

}  // namespace vicinal
