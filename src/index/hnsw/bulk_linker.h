// Links many rows together, in a fraction of the time that it takes to link them one after another.
//
// First the nodes above level 0, one in m, are linked as always. They are the centers of cells: every other node belongs
// to the one of them that a walk finds nearest. Then nodes are numbered cell by cell, so that those of a cell lie
// together; and for each cell its nodes are compared with all nodes of the cells around it, many with many, which tiles of
// queries and rows do several times as fast as a walk. So every node gets its candidates, and chooses its neighbors from
// them as always, and then from those that have chosen it. Last, edges that hold the graph together are made its
// spanning tree.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.h"
#include "index/hnsw/graph_linker.h"
#include "index/hnsw/hnsw_graph.h"
#include "index/hnsw/node_store.h"
#include "kernels/kernel_table.h"
#include "rows/deletions.h"
#include "rows/vector_rows.h"

namespace vicinal {

class BulkLinker {
 public:
  /// store, links  the nodes to link, and their levels; all must outlive this, unchanged. At least two nodes have rows.
  /// left_out      nodes whose rows are not to be linked
  BulkLinker(const NodeStore& store, const Deletions& left_out, const GraphLinks& links,
             const VectorRows& rows, const KernelTable& kernels, size_t ef_construction);

  /// Some 20 ms of it.
  /// Errors  kOutOfMemory, or std::bad_alloc; it cannot go on then
  Status step();
  bool is_done() const { return phase_ == Phase::kDone; }
  /// 0 to 1, below 1 until done.
  double share_done() const;

  /// Once it is done: the nodes that have rows, in their new order, and their graph.
  std::unique_ptr<NodeStore> take_store() { return std::move(store_); }
  HnswGraph take_graph() { return std::move(graph_); }

 private:
  enum class Phase { kLinkUpper, kFindCells, kLinkCells, kLinkBack, kDone };

  bool is_linked(uint32_t node) const { return source_.slots[node] != kNoSlot && !left_out_.contains(node); }
  void link_upper(uint32_t node);
  void find_cell(uint32_t node);
  Status number_by_cells();
  void link_cell(size_t cell);
  void link_block(uint32_t first, size_t count, const std::vector<uint32_t>& near_cells);
  void choose_neighbors(uint32_t node, std::vector<uint64_t>& keys);
  void gather_back_edges();
  void link_back(uint32_t node);
  void make_tree();
  uint32_t root_of(uint32_t node);
  void unite(uint32_t a, uint32_t b);

  const NodeStore& source_;
  const Deletions& left_out_;
  const GraphLinks& levels_;
  const VectorRows& rows_;
  const KernelTable& kernels_;
  size_t ef_construction_;
  Phase phase_ = Phase::kLinkUpper;
  uint32_t next_ = 0;  // node or cell of the phase

  HnswGraph graph_;  // of the levels above 0, by the source's numbers; then whole, by new ones
  std::unique_ptr<NodeStore> store_;
  std::unique_ptr<NodeSpace> space_;
  std::unique_ptr<GraphLinker> linker_;
  std::unique_ptr<GraphWalk> walk_;
  std::unique_ptr<PairScorer> from_;
  std::unique_ptr<PairScorer> between_;
  std::unique_ptr<NeighborSelection> selection_;
  std::vector<uint32_t> parents_;          // of a node, the nearest on the level above its own
  std::vector<uint32_t> cells_;            // the first node of each, its center
  std::vector<uint32_t> cell_of_centers_;  // by node
  std::vector<float> edge_distances_;      // [node_count x m] of the edges chosen
  std::vector<size_t> back_starts_;        // [node_count + 1] in back_edges_
  std::vector<GraphEdge> back_edges_;
  std::vector<uint32_t> roots_;  // of parts that are connected
  std::vector<GraphEdge> candidates_;
};

}  // namespace vicinal
