#include "index/hnsw/graph_linker.h"

#include <algorithm>
#include <cassert>

#include "index/hnsw/spanning_tree.h"

namespace vicinal {
namespace {

// Nodes that a removal looks after: where half of all nodes are removed, each of the others has its turn many times.
constexpr size_t kLookedAfter = 32;
// Candidates for an edge in the place of a lost one; the nearest mostly does.
constexpr size_t kTriedNodes = 8;
constexpr size_t kAddedNodes = 2;
// Length of a walk around a node that has lost edges.
constexpr size_t kLookAroundEf = 48;

}  // namespace

GraphLinker::GraphLinker(HnswGraph& graph, const NodeSpace& space, size_t ef_construction)
    : graph_(graph),
      ef_construction_(ef_construction),
      from_(space.from_nodes()),
      around_(space.from_nodes()),
      between_(space.from_nodes()),
      walk_(graph),
      selection_(*between_) {}

void GraphLinker::insert(uint32_t node, size_t lowest) {
  assert(!graph_.is_linked(node));
  const size_t level = graph_.links.level(node);
  if (graph_.entry != kNoNode) {
    from_->move_to(node);
    const size_t top = graph_.top_level();
    GraphEdge nearest = walk_.descend(*from_, level);
    for (size_t below = std::min(level, top) + 1; below-- > lowest;) {
      walk_.run(*from_, nearest, below, ef_construction_);
      nearest = {walk_.found().node(0), walk_.found().distance(0)};
      link_on(node, below);
    }
  }
  graph_.visited.open(node);
  ++graph_.linked_count;
  if (graph_.entry == kNoNode || level > graph_.top_level()) graph_.entry = node;
}

// Links a node on a level with the best of those that the walk has found there.
void GraphLinker::link_on(uint32_t node, size_t level) {
  const CandidatePool& found = walk_.found();
  selected_.clear();
  for (size_t index = 0; index < found.size(); ++index)
    selected_.push_back({found.node(index), found.distance(index)});
  selection_.select(selected_, graph_.links.m());
  LinkList list = graph_.links.list(node, level);
  for (const GraphEdge& edge : selected_) list.add(edge.node);
  for (const GraphEdge& edge : selected_) link_back(edge.node, {node, edge.distance}, level);
  if (level == 0) join_tree(node, selected_);
}

// Adds an edge to a list, which is pruned where it is full.
void GraphLinker::link_back(uint32_t from, const GraphEdge& edge, size_t level) {
  LinkList list = graph_.links.list(from, level);
  // A row that is another now may still be led to from where it was.
  if (list.contains(edge.node)) return;
  if (!list.is_full()) return list.add(edge.node);
  pruned_.clear();
  nodes_.clear();
  for (size_t index = 0; index < list.size(); ++index) {
    if (!graph_.is_linked(list[index])) continue;
    nodes_.push_back(list[index]);
    pruned_.push_back({list[index], 0, list.is_tree(index)});
  }
  distances_.resize(nodes_.size());
  around_->move_to(from);
  around_->score(nodes_.data(), nodes_.size(), distances_.data());
  for (size_t i = 0; i < pruned_.size(); ++i) pruned_[i].distance = distances_[i];
  pruned_.push_back(edge);
  std::sort(pruned_.begin(), pruned_.end(), is_nearer);
  selection_.select(pruned_, list.capacity());
  list.clear();
  for (const GraphEdge& kept : pruned_) list.add(kept.node, kept.tree);
}

// Half a list is for the tree at most, but for what removals ask.
void GraphLinker::join_tree(uint32_t node, const std::vector<GraphEdge>& near) {
  GraphLinks& links = graph_.links;
  const size_t limit = tree_limit(links.m());
  for (const GraphEdge& edge : near) {
    if (links.list(edge.node, 0).tree_count() < limit) return add_tree_edge(links, node, edge.node);
  }
  add_tree_edge(links, node, tree_node_with_room(links, near.front().node, limit));
}

void GraphLinker::remove(uint32_t node) {
  assert(graph_.is_linked(node));
  GraphLinks& links = graph_.links;
  graph_.visited.close(node);
  graph_.set_moved(node, false);
  --graph_.linked_count;
  std::vector<uint32_t> roots;
  for (size_t level = 0; level <= links.level(node); ++level) {
    LinkList list = links.list(node, level);
    std::vector<uint32_t> neighbors;
    for (size_t index = 0; index < list.size(); ++index) {
      if (list.is_tree(index)) roots.push_back(list[index]);
      list.mark(index, false);
      if (graph_.is_linked(list[index])) neighbors.push_back(list[index]);
    }
    for (const uint32_t neighbor : neighbors) {
      LinkList back = links.list(neighbor, level);
      const size_t found = back.find(node);
      if (found == back.size()) continue;
      back.remove(found);
      replace_edge(neighbor, neighbors, level);
    }
  }
  rejoin_trees(roots);
  if (graph_.entry == node) choose_entry(graph_);
  for (size_t i = 0; i < kLookedAfter; ++i) {
    looked_after_ = (looked_after_ + 1) % static_cast<uint32_t>(links.size());
    if (graph_.is_linked(looked_after_)) look_after(looked_after_);
  }
}

// Joins parts of the tree, each known by one of its nodes: always the node that is nearest to those joined already
// (Prim. Shortest Connection Networks and Some Generalizations. Bell System Technical Journal 1957).
void GraphLinker::rejoin_trees(std::vector<uint32_t>& roots) {
  if (roots.size() < 2) return;
  std::vector<GraphEdge> nearest(roots.size(), {kNoNode, 0});
  std::vector<float> distances(roots.size());
  uint32_t joined = roots.back();
  roots.pop_back();
  while (!roots.empty()) {
    around_->move_to(joined);
    around_->score(roots.data(), roots.size(), distances.data());
    size_t next = 0;
    for (size_t i = 0; i < roots.size(); ++i) {
      if (nearest[i].node == kNoNode || distances[i] < nearest[i].distance)
        nearest[i] = {joined, distances[i]};
      if (nearest[i].distance < nearest[next].distance) next = i;
    }
    const size_t limit = graph_.links.capacity_at(0);
    add_tree_edge(graph_.links, tree_node_with_room(graph_.links, nearest[next].node, limit), roots[next]);
    joined = roots[next];
    roots[next] = roots.back();
    nearest[next] = nearest[roots.size() - 1];
    roots.pop_back();
  }
}

// Adds the nearest of some nodes that no neighbor covers, to a list that has lost an edge.
void GraphLinker::replace_edge(uint32_t from, const std::vector<uint32_t>& others, size_t level) {
  LinkList list = graph_.links.list(from, level);
  nodes_.clear();
  for (const uint32_t other : others) {
    if (other != from && !list.contains(other)) nodes_.push_back(other);
  }
  if (nodes_.empty() || list.is_full()) return;
  distances_.resize(nodes_.size());
  around_->move_to(from);
  around_->score(nodes_.data(), nodes_.size(), distances_.data());
  pruned_.clear();
  for (size_t i = 0; i < nodes_.size(); ++i) pruned_.push_back({nodes_[i], distances_[i]});
  const size_t tried = std::min(kTriedNodes, pruned_.size());
  std::partial_sort(pruned_.begin(), pruned_.begin() + static_cast<ptrdiff_t>(tried), pruned_.end(),
                    is_nearer);
  nodes_.clear();
  for (size_t index = 0; index < list.size(); ++index) {
    if (graph_.is_linked(list[index])) nodes_.push_back(list[index]);
  }
  size_t added = 0;
  for (size_t i = 0; i < tried && added < kAddedNodes && !list.is_full(); ++i) {
    if (selection_.is_covered(pruned_[i], nodes_.data(), nodes_.size())) continue;
    list.add(pruned_[i].node);
    nodes_.push_back(pruned_[i].node);
    ++added;
  }
}

// Takes edges to removed nodes out of the lists of a node.
void GraphLinker::look_after(uint32_t node) {
  for (size_t level = 0; level <= graph_.links.level(node); ++level) {
    LinkList list = graph_.links.list(node, level);
    const size_t before = list.size();
    for (size_t index = list.size(); index-- > 0;) {
      if (!graph_.is_linked(list[index])) list.remove(index);
    }
    if (list.size() < before && list.size() < graph_.links.m()) add_edges(node, level);
  }
}

// Looks around a node for neighbors that it lacks.
void GraphLinker::add_edges(uint32_t node, size_t level) {
  from_->move_to(node);
  walk_.run(*from_, {node, 0}, level, kLookAroundEf);
  const CandidatePool& found = walk_.found();
  LinkList list = graph_.links.list(node, level);
  nodes_.clear();
  selected_.clear();
  for (size_t index = 0; index < list.size(); ++index) nodes_.push_back(list[index]);
  for (size_t index = 0; index < found.size() && list.size() < graph_.links.m(); ++index) {
    const GraphEdge edge{found.node(index), found.distance(index)};
    if (edge.node == node || list.contains(edge.node)) continue;
    if (selection_.is_covered(edge, nodes_.data(), nodes_.size())) continue;
    list.add(edge.node);
    nodes_.push_back(edge.node);
    selected_.push_back(edge);
  }
  for (const GraphEdge& edge : selected_) {
    if (!graph_.links.list(edge.node, level).contains(node))
      link_back(edge.node, {node, edge.distance}, level);
  }
}

}  // namespace vicinal
