// Puts nodes into a graph, and takes them out of it.
//
// Insertion is the paper's algorithm 1 (hnsw_graph.h). Removal mends what it breaks: each neighbor that led to the node
// gets another of its neighbors instead, and the parts of the spanning tree that it held together are joined again by
// the shortest edges between them. Edges from elsewhere to the node stay, and are passed over, until the nodes they
// start from are pruned or looked after: every removal looks after some nodes, in turn.
// Based on: Singh, Subramanya, Krishnaswamy, Simhadri. FreshDiskANN: A Fast and Accurate Graph-Based ANN Index for
// Streaming Similarity Search. arXiv 2105.09613 (neighbors of a removed node serve those who led to it).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "index/hnsw/graph_walk.h"
#include "index/hnsw/hnsw_graph.h"
#include "index/hnsw/neighbor_selection.h"
#include "index/hnsw/node_space.h"

namespace vicinal {

class GraphLinker {
 public:
  /// Both must outlive this. May throw std::bad_alloc.
  GraphLinker(HnswGraph& graph, const NodeSpace& space, size_t ef_construction);

  /// Links a node that is not linked and has no edges, on the levels from `lowest` up. May throw std::bad_alloc; then
  /// what is linked is no whole graph any more.
  void insert(uint32_t node, size_t lowest = 0);

  /// Unlinks a node. May throw std::bad_alloc only before anything is changed.
  void remove(uint32_t node);

 private:
  void link_on(uint32_t node, size_t level);
  void link_back(uint32_t from, const GraphEdge& edge, size_t level);
  void join_tree(uint32_t node, const std::vector<GraphEdge>& near);
  void rejoin_trees(std::vector<uint32_t>& roots);
  void replace_edge(uint32_t from, const std::vector<uint32_t>& others, size_t level);
  void look_after(uint32_t node);
  void add_edges(uint32_t node, size_t level);

  HnswGraph& graph_;
  size_t ef_construction_;
  std::unique_ptr<PairScorer> from_;     // stands at the node being linked
  std::unique_ptr<PairScorer> around_;   // at one whose list changes
  std::unique_ptr<PairScorer> between_;  // at a candidate
  GraphWalk walk_;
  NeighborSelection selection_;
  std::vector<GraphEdge> selected_;
  std::vector<GraphEdge> pruned_;
  std::vector<uint32_t> nodes_;
  std::vector<float> distances_;
  uint32_t looked_after_ = 0;  // next in turn
};

}  // namespace vicinal
