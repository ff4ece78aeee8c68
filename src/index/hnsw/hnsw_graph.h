// A hierarchical navigable small world graph: levels of ever fewer nodes, each linked to near ones. A walk goes down from
// the entry, greedily, and collects the nearest nodes on level 0.
// Based on: Malkov, Yashunin. Efficient and Robust Approximate Nearest Neighbor Search Using Hierarchical Navigable Small
// World Graphs. TPAMI 2020.
// Departs from it: edges of level 0 hold a spanning tree, whose edges go both ways and are never pruned, so that every
// node is reached from every other (spanning_tree.h); nodes can be removed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/result.h"
#include "index/hnsw/graph_links.h"
#include "index/hnsw/visited_set.h"

namespace vicinal {

struct HnswGraph {
  explicit HnswGraph(uint32_t m) : links(m) {}

  bool is_linked(uint32_t node) const { return !visited.is_marked(node); }
  /// Whether the row of a linked node is another since, or was removed. Its edges are those of the row that was.
  bool is_moved(uint32_t node) const { return moved_count > 0 && node < moved.size() && moved[node]; }
  /// May throw std::bad_alloc only where `is_so`.
  void set_moved(uint32_t node, bool is_so);
  size_t top_level() const { return links.level(entry); }

  GraphLinks links;
  /// Of the highest level; kNoNode where no node is linked.
  uint32_t entry = kNoNode;
  size_t linked_count = 0;
  /// Between walks those nodes are marked that are not linked.
  VisitedSet visited;
  std::vector<bool> moved;  // of nodes; none past its end is
  size_t moved_count = 0;
};

/// Makes a linked node of the highest level the entry.
void choose_entry(HnswGraph& graph);

/// Linked nodes that edges of level 0 lead to from the entry, it among them, but for moved ones. May throw
/// std::bad_alloc.
size_t reachable_count(const HnswGraph& graph);

/// The graph of some of its nodes, numbered anew. Edges to nodes that are not linked or not kept are left out.
/// order    [n] the nodes kept, all linked ones among them
/// numbers  their numbers in that order, kNoNode for nodes not kept
/// Errors   kOutOfMemory, or std::bad_alloc
Result<HnswGraph> renumbered(const HnswGraph& graph, const std::vector<uint32_t>& order,
                             const std::vector<uint32_t>& numbers);

/// A node, and how far it is from another.
struct GraphEdge {
  uint32_t node = kNoNode;
  float distance = 0;
  bool tree = false;
};

/// Nearest first, ties by smaller node.
inline bool is_nearer(const GraphEdge& a, const GraphEdge& b) {
  return a.distance != b.distance ? a.distance < b.distance : a.node < b.node;
}

}  // namespace vicinal
