// The edges of level 0 that hold a graph together: a tree over all linked nodes, each edge in the lists of both its ends,
// where pruning leaves it. So a walk that went on long enough would reach every node from any other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "index/hnsw/graph_links.h"

namespace vicinal {

/// Edges of the tree that a node has at most, but for what removals ask: half its list, but three, so that the tree is
/// no path, along which it would be far to a node with room.
inline size_t tree_limit(uint32_t m) {
  return m > 3 ? m : 3;
}

/// Puts an edge of the tree between two nodes, both ways, in the place of another edge where a list is full. Both have
/// fewer edges of the tree than their lists have room.
void add_tree_edge(GraphLinks& links, uint32_t a, uint32_t b);

/// A node with fewer than `limit` >= 2 edges of the tree: `start`, or the first that is reached from it along the tree.
/// May throw std::bad_alloc.
uint32_t tree_node_with_room(const GraphLinks& links, uint32_t start, size_t limit);

/// Whether the tree is one: its edges go both ways and reach all of the `linked_count` nodes that are linked, from
/// `start`, and no other. May throw std::bad_alloc.
bool is_spanned(const GraphLinks& links, uint32_t start, size_t linked_count);

}  // namespace vicinal
