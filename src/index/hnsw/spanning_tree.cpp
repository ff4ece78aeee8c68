#include "index/hnsw/spanning_tree.h"

#include <cassert>
#include <unordered_set>

namespace vicinal {
namespace {

void add_half(GraphLinks& links, uint32_t from, uint32_t to) {
  LinkList list = links.list(from, 0);
  const size_t found = list.find(to);
  if (found < list.size()) return list.mark(found, true);
  if (!list.is_full()) return list.add(to, true);
  size_t last = list.size() - 1;
  while (list.is_tree(last)) {
    assert(last > 0);
    --last;
  }
  list.remove(last);
  list.add(to, true);
}

}  // namespace

void add_tree_edge(GraphLinks& links, uint32_t a, uint32_t b) {
  add_half(links, a, b);
  add_half(links, b, a);
}

uint32_t tree_node_with_room(const GraphLinks& links, uint32_t start, size_t limit) {
  assert(limit >= 2);
  if (links.list(start, 0).tree_count() < limit) return start;
  std::vector<uint32_t> reached{start};
  std::unordered_set<uint32_t> met{start};
  for (size_t next = 0;; ++next) {
    // A tree has leaves.
    assert(next < reached.size());
    const LinkList list = links.list(reached[next], 0);
    if (list.tree_count() < limit) return reached[next];
    for (size_t index = 0; index < list.size(); ++index) {
      if (list.is_tree(index) && met.insert(list[index]).second) reached.push_back(list[index]);
    }
  }
}

bool is_spanned(const GraphLinks& links, uint32_t start, size_t linked_count) {
  std::vector<bool> met(links.size());
  std::vector<uint32_t> reached{start};
  met[start] = true;
  size_t edge_count = 0;
  for (size_t next = 0; next < reached.size(); ++next) {
    const LinkList list = links.list(reached[next], 0);
    for (size_t index = 0; index < list.size(); ++index) {
      if (!list.is_tree(index)) continue;
      const LinkList back = links.list(list[index], 0);
      const size_t found = back.find(reached[next]);
      if (found == back.size() || !back.is_tree(found)) return false;
      ++edge_count;
      if (met[list[index]]) continue;
      met[list[index]] = true;
      reached.push_back(list[index]);
    }
  }
  return reached.size() == linked_count && edge_count == 2 * (linked_count - 1);
}

}  // namespace vicinal
