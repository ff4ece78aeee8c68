#include "index/hnsw/hnsw_graph.h"

namespace vicinal {

void HnswGraph::set_moved(uint32_t node, bool is_so) {
  if (is_moved(node) == is_so) return;
  if (moved.size() < links.size()) moved.resize(links.size());
  moved[node] = is_so;
  if (is_so) {
    ++moved_count;
  } else {
    --moved_count;
  }
}

void choose_entry(HnswGraph& graph) {
  graph.entry = kNoNode;
  for (uint32_t node = 0; node < graph.links.size(); ++node) {
    if (!graph.is_linked(node)) continue;
    if (graph.entry == kNoNode || graph.links.level(node) > graph.top_level()) graph.entry = node;
  }
}

size_t reachable_count(const HnswGraph& graph) {
  if (graph.entry == kNoNode) return 0;
  std::vector<bool> met(graph.links.size());
  std::vector<uint32_t> reached{graph.entry};
  size_t moved = graph.is_moved(graph.entry) ? 1 : 0;
  met[graph.entry] = true;
  for (size_t next = 0; next < reached.size(); ++next) {
    const LinkList list = graph.links.list(reached[next], 0);
    for (size_t index = 0; index < list.size(); ++index) {
      if (met[list[index]] || !graph.is_linked(list[index])) continue;
      met[list[index]] = true;
      reached.push_back(list[index]);
      if (graph.is_moved(list[index])) ++moved;
    }
  }
  return reached.size() - moved;
}

Result<HnswGraph> renumbered(const HnswGraph& graph, const std::vector<uint32_t>& order,
                             const std::vector<uint32_t>& numbers) {
  size_t upper_lists = 0;
  for (const uint32_t node : order) upper_lists += graph.links.level(node);
  HnswGraph renewed(graph.links.m());
  const Status reserved = renewed.links.reserve(order.size(), upper_lists);
  if (!reserved.ok()) return reserved.error();
  renewed.visited.resize(order.size());
  for (uint32_t number = 0; number < order.size(); ++number) {
    const uint32_t node = order[number];
    renewed.links.append(graph.links.level(node));
    if (!graph.is_linked(node)) continue;
    renewed.visited.open(number);
    if (graph.is_moved(node)) renewed.set_moved(number, true);
    for (size_t level = 0; level <= graph.links.level(node); ++level) {
      const LinkList from = graph.links.list(node, level);
      LinkList to = renewed.links.list(number, level);
      for (size_t index = 0; index < from.size(); ++index) {
        if (graph.is_linked(from[index])) to.add(numbers[from[index]], from.is_tree(index));
      }
    }
  }
  renewed.linked_count = graph.linked_count;
  renewed.entry = graph.entry == kNoNode ? kNoNode : numbers[graph.entry];
  return renewed;
}

}  // namespace vicinal
