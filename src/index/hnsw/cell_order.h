// An order of nodes in which those that are near one another lie together: the nodes above level 0 are centers of cells,
// every other node belongs to one of them, and cells follow one another as their centers do among those of the level
// above, and so on. Those of the highest level follow by their numbers.
#pragma once

#include <cstdint>
#include <vector>

#include "index/hnsw/hnsw_graph.h"

namespace vicinal {

struct CellOrder {
  std::vector<uint32_t> nodes;
  std::vector<uint32_t> cells;  // the place in it of each cell's center, which is the first node of the cell
};

/// links      tells the levels of nodes
/// top_nodes  all nodes of level `top`, in their order
/// parents    of each node, the one on a higher level to which it belongs; nodes on lower levels without one are left out
/// May throw std::bad_alloc.
CellOrder order_by_cells(const GraphLinks& links, std::vector<uint32_t> top_nodes, size_t top,
                         const std::vector<uint32_t>& parents);

/// Of all linked nodes, each in the cell of a center to which few edges lead. May throw std::bad_alloc.
std::vector<uint32_t> linked_by_cells(const HnswGraph& graph);

}  // namespace vicinal
