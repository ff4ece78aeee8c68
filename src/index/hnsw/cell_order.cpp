#include "index/hnsw/cell_order.h"

#include <utility>

namespace vicinal {

CellOrder order_by_cells(const GraphLinks& links, std::vector<uint32_t> top_nodes, size_t top,
                         const std::vector<uint32_t>& parents) {
  const auto count = static_cast<uint32_t>(parents.size());
  CellOrder order{std::move(top_nodes), {}};
  // Children of each node: lists threaded through `next`.
  std::vector<uint32_t> first(count, kNoNode), next(count, kNoNode);
  for (uint32_t node = count; node-- > 0;) {
    if (parents[node] == kNoNode) continue;
    next[node] = first[parents[node]];
    first[parents[node]] = node;
  }
  for (size_t level = top; level-- > 0;) {
    std::vector<uint32_t> expanded;
    expanded.reserve(2 * order.nodes.size());
    for (const uint32_t node : order.nodes) {
      if (level == 0) order.cells.push_back(static_cast<uint32_t>(expanded.size()));
      expanded.push_back(node);
      for (uint32_t child = first[node]; child != kNoNode; child = next[child]) {
        if (links.level(child) == level) expanded.push_back(child);
      }
    }
    order.nodes = std::move(expanded);
  }
  return order;
}

std::vector<uint32_t> linked_by_cells(const HnswGraph& graph) {
  if (graph.entry == kNoNode) return {};
  const GraphLinks& links = graph.links;
  const size_t top = graph.top_level();
  const auto count = static_cast<uint32_t>(links.size());
  std::vector<uint32_t> top_nodes, reached;
  std::vector<uint32_t> parents(count, kNoNode), centers(count);
  for (size_t level = 0; level < top; ++level) {
    // From all centers at once, along the edges of the level.
    reached.clear();
    centers.assign(count, kNoNode);
    for (uint32_t node = 0; node < count; ++node) {
      if (!graph.is_linked(node) || links.level(node) <= level) continue;
      centers[node] = node;
      reached.push_back(node);
    }
    for (size_t next = 0; next < reached.size(); ++next) {
      const uint32_t node = reached[next];
      const LinkList list = links.list(node, level);
      for (size_t index = 0; index < list.size(); ++index) {
        const uint32_t neighbor = list[index];
        if (centers[neighbor] != kNoNode || !graph.is_linked(neighbor)) continue;
        centers[neighbor] = centers[node];
        reached.push_back(neighbor);
      }
    }
    for (uint32_t node = 0; node < count; ++node) {
      if (!graph.is_linked(node) || links.level(node) != level) continue;
      // Above level 0 a node may have no edges that lead to it.
      parents[node] = centers[node] != kNoNode ? centers[node] : graph.entry;
    }
  }
  for (uint32_t node = 0; node < count; ++node) {
    if (graph.is_linked(node) && links.level(node) == top) top_nodes.push_back(node);
  }
  return order_by_cells(links, std::move(top_nodes), top, parents).nodes;
}

}  // namespace vicinal
